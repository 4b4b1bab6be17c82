"""The questions that a claim's file may put, one file each: from all cases to figures of all cases.

`lead`: by how much one radar sees a flight before another. `hold`: from when to when a radar has a flight in its field,
and what is unseen until another takes over. `facing`: whether arrays on duty at a date look towards places. `echo`: how
far a radar sees by the radar equation. `first_sight`: how soon after launch a radar has anything over its horizon.
"""
