"""Rows and the programs they start are run as processes of their own; pytest collects the test that waits for them."""

collect_ignore_glob = ["rows/*.py", "[!t]*.py"]
