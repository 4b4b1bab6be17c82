"""The rotating Earth: time scales, orientation, frames, ellipsoid, gravity, air, what both airs do to a ray.

Nothing here knows of rockets or radars. Positions are Earth-fixed (ECEF, WGS 84), metres and radians, many at once in
arrays (..., 3); time is int64 nanoseconds of TAI. `gravity`, `height` and `air` hold scalar functions compiled by Numba
(`compiled` says how), shared by every kernel of the house; the other modules need NumPy alone. States (`states`) know
their frame, and two frames refuse to combine.

Time: `timescale`, `julian`. Orientation by date: `orientation`, `sidereal`, `nutation`, `precession`, `turning`, and
`frames`, which turns states by them. Places: `ellipsoid`, `geodesic`, `topocentric`. What is seen from them: `horizon`,
`refractivity`, `refraction`, `ionosphere`. What acts: `gravity`, `height`, `standard_atmosphere`, `air` for kernels.
"""
