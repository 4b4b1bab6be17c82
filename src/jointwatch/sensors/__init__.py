"""Radars: where they stand, what they can face, how well they see, and the plots they make.

`site` is a place on the ground, `radar` the values that describe a radar and its faces (with their dates of
service), `coverage` what lies in the field of regard and why something does not, `sight` the same through the air.
`range_equation` turns power and aperture into a range, `detection` signal into probability (`marcum_q`, `scan_loss`),
`accuracy` signal into error, `signature` a class's cross-section into an object's. `measurement` has plots and how
position maps to range, azimuth and elevation, `propagation` what air and ionosphere add to them, `bias` what is wrong
throughout a run. `schedule` says when a radar looks and what one look returns, `search` what a fence finds and how many
tracks are kept up. `looks` asks the same of many radars and many positions at once, with the compiled loops in `field`.
`visibility` says from which height on a radar sees, `maps` the same of many radars over the ground, `cumulative` what
they detect along arcs, with gaps and hand-overs.
`infrared` sees launches from overhead. Every number is handed in as a value; none is built in here.
"""
