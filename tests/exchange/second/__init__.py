"""A second verifier, written from docs/exchange.md alone: the standard library, nothing of ours and no package."""
