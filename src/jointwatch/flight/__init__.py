"""What flies: generic ascents, free flight through gravity and air, satellites, arcs between places.

Everything is relative to the rotating Earth (`earth.states.Ecef`) and many at once. No vehicle's design is here, and
nothing that looks for what is not seen. Kernels compiled by Numba are imported when a first result is wanted.

Ascents: `boost` flies a profile, `stages` puts one together from burnouts, `telemetry` fits one to a record, `vehicle`
is a class with all it has. `path` is a whole flight in one call, from launch to impact.

Free flight: `coast` moves states to a time, an apogee or the ground, `trajectories` keeps whole paths and asks them,
`dispersion` says how sure an impact is, `device` flies a million impacts on a CUDA device; `model` says what pulls and
brakes. Inside, `itinerary` says which legs a flight takes, `legs` flies them in `lanes` by the step that `unrolled`
writes out, `ellipse` plans them; `walk` does the same on a device; `integration` takes whatever goes no ordinary way.
`dynamics`, `dop853`, `segments`, `variation` and `variation_in_air` are the forces, the method, what lies between
nodes, and derivatives.

Arcs, for observation, without air and to a kilometre: `arcs` between places, `reconstruction` from published figures;
`conic`, `transfer`, `burnout`, `arc_search` and `reach` are how.

Orbits: `satellites` moves a catalogue by SGP4, `passes` finds when it crosses a `view`; `orbit` is the ellipse of a
moment.
"""
