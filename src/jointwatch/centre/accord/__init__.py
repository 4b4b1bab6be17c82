"""The accord between centres: statements and rules that are proposed, amended, signed and concluded, entry by entry.

`reading` says from the logs alone how it stands, `drafting` writes the next entry, `keeping` is what a serving centre
does about it. `consultation` holds the questions and replies between two centres, `obligations` a policy against rules.
"""
