"""What a centre tells its own receivers of launches, and what each answered: it follows from the log and stands in it.

`series` makes alerts, updates and cancellations of what is reported; `warning` writes one as CAP, in the words of
`wording`.
"""
