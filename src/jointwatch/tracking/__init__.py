"""From plots to tracks: where every object is, how fast, how sure, and whether it is still under thrust.

The room sees measurements and nothing else: never a vehicle, a trajectory or a scenario. Each track is an interacting
multiple model of two extended Kalman filters, `boost` and `coast`, held for all tracks at once in one `bank` of arrays.

In the order of a scan: `screen` and `sieve` (which plots are admitted), `predict`, `gate`, `associate`, `jpda` (how
sure that is), `update`, `imm` (mode probabilities), `entry` (a line in a track's `diary`), `life` (who begins, is
confirmed, goes); `track_file` holds it all, `tracker` joins it, `track` is what comes out, `settings` what may be
chosen and why, `initiate` what is believed at first. `lanes` holds the algebra, eight tracks at a time, as text that
`straight` turns into vector code. `drag` is what the air does to a coast, `taking` what a plot does.
`bound` is the Cramér-Rao bound to hold beside them.

With wide angles a plot is a lens, and no filter that takes one plot after the other is near the bound. Such tracks keep
their plots in a `window` (the oldest as `normal_point`s), and `refit` puts them at each scan to the path through all of
them (`smooth`), as mean and covariance of the `lens` it is.

Satellites of a public catalogue: `known` says where each should be and how surely, `same_orbit` whether a track flies
along an old one's orbit, `recognise` begins their tracks, names them and takes names back.

Between owners: `tracklet` tells local-only tracks, `account` counts what was told, `joint` pairs and fuses it (`fuse`;
`pedigree` where the making is not known; `coasting` carries estimates in time). `registration` finds radars' biases,
`doubts` (with the weighing in `evidence`) radars that lie.

For stations that measure ranges and angles apart there is no plot, and so no tracker: `observables` are single numbers,
`first_orbit` begins with them, `orbit_path` (`square_root`) finds the path and each sensor's bias, `orbit_estimate`
joins them, `orbit_forces` says what each force does. Without a tracker: `kalman` filters many runs of any motion at
once.
"""
