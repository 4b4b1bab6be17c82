"""The questions that a claim's file may put, one file each: from all cases to figures of all cases.

`lead`: by how much one radar sees a flight before another. `hold`: from when to when a radar has a flight in its field,
and what is unseen until another takes over. `facing`: whether arrays on duty at a date look towards places. `echo`: how
far a radar sees by the radar equation. `first_sight`: how soon after launch a radar has anything over its horizon.
`apart`: when a radar's looks tell two claimed ranges of one test apart. `shown_by`: how long after a forecast the tests
of a programme showed a range. `noticed`: what share of flights of a class an architecture would have noticed.
"""
