"""Scenarios played, architectures compared: the one room that knows the truth.

`scenario` reads what is to be played, `truth` flies it, `run` drives two centres through it tick by tick and
keeps the evidence. What the truth says leaves this room as radar measurements, and as the score in a report.
"""
