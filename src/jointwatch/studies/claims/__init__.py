"""Public claims as things to compute: each a file with its words, sources and assumptions, and a verdict.

`claim` reads a file, `cases` makes every combination of its assumptions, `questions` computes the figures of all of
them at once, `verdict` says whether the claim holds in all, in none, or what it depends on. `assessed` joins these.
The answers are geometry, and the radar equation where a range is in question: where an object stands, whether the
Earth hides it, whether an array faces it. Nothing here looks for what is not seen.
"""
