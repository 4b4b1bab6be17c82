"""Verification: a run, a record or a web folder of logs is as its signatures and trees say, or each fault is named."""
