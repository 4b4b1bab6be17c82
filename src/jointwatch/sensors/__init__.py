"""Radars: where they stand, what they can face, how well they see, and the plots they make.

`site` is a place on the ground, `radar` the values that describe a radar and its faces (with their dates of
service), `coverage` what lies in the field of regard and why something does not, `detection` the range law and the
probability of detection, `measurement` plots and how position maps to range, azimuth and elevation, `schedule` when a
radar looks and what one look returns, `looks` the same questions of many radars and many positions at once, with the
compiled loops in `field`. Every number is handed in as a value; none is built in here.
"""
