"""Vehicles in flight: generic ascents, free flight through gravity and air, orbits, arcs of a given length.

Everything is relative to the rotating Earth (`earth.states.Ecef`) and many at once. No vehicle's design is here, and
nothing that looks for what is not seen. Kernels compiled by Numba (`dynamics`, `integration`, `variation`) are
imported when a first result is wanted.

`boost`, `coast`, `path` (both in one call), `orbit`, `arcs`, `vehicle`, `dynamics`.
"""
