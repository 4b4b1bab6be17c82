"""What went wrong, said to a person: what was wanted, what came, where, and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Wrong use or wrong input, as one sentence; the command ends with exit code 2."""
