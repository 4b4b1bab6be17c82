"""The rotating Earth: time scales, the ellipsoid, frames, gravity, air and horizon.

Nothing here knows of rockets or radars. Positions are Earth-fixed (ECEF, WGS 84), metres and radians, many at
once in arrays (..., 3); time is int64 nanoseconds of TAI. `gravity`, `height` and `air` hold scalar functions
compiled by Numba, shared by every kernel of the house; the other modules need NumPy alone. States convert between
the frames in `frames`, with the Earth's orientation by date in `orientation`.

`timescale`, `julian`, `orientation`, `sidereal`, `nutation`, `precession`, `turning`, `frames`, `states`, `ellipsoid`,
`geodesic`, `topocentric`, `horizon`, `refractivity`, `refraction`, `gravity`, `height`, `air`.
"""
