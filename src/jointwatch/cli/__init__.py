"""The command line: one file per command, joined by `main`. It alone sees every room."""
