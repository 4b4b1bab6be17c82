"""From plots to tracks: where every object is, how fast, how sure, and whether it is still under thrust.

The room sees measurements and nothing else: never a vehicle, a trajectory or a scenario. Each track is an interacting
multiple model of two extended Kalman filters, `boost` and `coast`, held for all tracks at once in one `bank` of arrays.

In the order of a scan: `screen` (which plots are admitted), `predict`, `gate`, `associate`, `update`, `imm` (mixing,
mode probabilities), `initiate` (first states), `track_file` (life of a track); `tracker` joins them, `track` is what
comes out, `settings` what may be chosen and why. `fuse` joins tracks of two owners; `bound` is the Cramér-Rao bound to
hold beside them.
"""
