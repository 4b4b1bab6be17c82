"""The watch on duty: what a centre makes of its log and its partners', and what it says of it by the rules in force.

`hearing` is a pure function of the log, `listener` what else may hang on it, `telling` what is due to be said, and
`keeper` what does all that in a centre in service, in a thread of its own.
"""
