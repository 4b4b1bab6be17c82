"""How well could whole bundles of flights be known? The Cramér-Rao bound of many flights and many sets of radars.

The same questions as `assessment.knowable`, which answers them for one flight at a time and is the measure of this:
where did it come from, where will it come down, of which range class is it. `flights.known` is the way in. `reckoned`
has the launch as a function of a state of the ascent, `falling` the impact as one of the state at burnout, both to
first order; `kernels` gather what the looks say of those states.

Against `knowable` three things are left out, together some per cent (docs/method/bound.md): terms of second order, the
pull of gravity over the half minute for which a burn is believed, and ascents too flat to be reckoned by their height.
"""
