"""A detected launch held against everything else that is known: was it announced, did the partner see it, is it one?

`announced` holds it against the notices in force, `same_event` against what a partner reports (the time of the event
and the time it was first seen are two things), `natural` tells bolides from what was launched, `standing` says what
that amounts to: explained, open, or an alarm. All are pure functions of values; a launch is a `launch.Launch`.
"""
