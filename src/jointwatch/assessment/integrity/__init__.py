"""Whether a feed of plots can be believed: what it says of catalogued satellites, against their public orbits.

A feed is one radar's plots as they reach a centre. `feed.Judge` hears its scans and keeps a standing verdict. Each way
in which a feed may be wrong has a module: `offsets`, `scatter`, `detections`, `repeats`, `lateness`, `gaps`. Each of
these keeps evidence that grows only by chance while the feed is honest, at a stated rate (`evidence`).
"""
