"""Registration: what each radar adds to range, azimuth, elevation and time, found from objects that several see.

An arc is what radars saw of one object over some minutes, with what is known of the object beforehand: much of a
satellite of known orbit, next to nothing of a missile. All arcs together are one least-squares problem in the biases
and the objects' states; each object is eliminated as soon as its arc is read (Schur's complement), so that what stays
is the biases' information, which the next arcs add to. Common objects alone tell biases apart only so far as the
motion does (two radars may both be turned); the covariance says so.

Source: Bar-Shalom, Willett, Tian 2011, section 5.7; Golub, Pereyra 2003 on eliminating.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import Plots, jacobian, predict, residual, wrap_azimuth
from jointwatch.sensors.site import Site
from jointwatch.tracking.fuse import times
from jointwatch.tracking.information import inverse
from jointwatch.tracking.known import Known
from jointwatch.tracking.track import History

PASSES = 3
"""Gauss-Newton steps over all arcs: a bias of one degree is 26 km at 1,500 km, and bends by 200 m."""

ARC_PROBABILITY = 0.9999
"""Share of honest arcs whose residuals pass; what does not is another object, or a fault, and is left out."""

LEAST_PLOTS = 4
"""Of an arc of a satellite: fewer cost more than they say."""

SPREAD = (300.0, 5e-3, 5e-3, 0.1)
"""What is believed of a radar's bias before: one sigma in m, rad, rad, s."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Biases (r, 4) of radars: metres, radians, radians, and seconds by which the clock says later than it was.

    covariance (4 r, 4 r): in the order of the radars. arcs: how many it rests on; left_out: how many did not fit.
    """

    radars: tuple[str, ...]
    bias: Floats
    covariance: Floats
    arcs: int = 0
    left_out: int = 0

    def of(self, radar: str) -> tuple[Floats, Floats]:
        """Bias (4,) of one radar and its covariance (4, 4)."""
        at = 4 * self.radars.index(radar)
        return self.bias[at // 4], self.covariance[at : at + 4, at : at + 4]


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """What radars measured of one object, and what is known of it otherwise: state x (6,) and P (6, 6) at a time.

    radar (k,) and site of each measurement z (k, 3), its sigma (k, 3), and its time by the radar's clock (k,).
    """

    time_tai_ns: int
    x: Floats
    P: Floats
    radar: tuple[str, ...]
    site: tuple[Site, ...]
    measured_tai_ns: Ints
    z: Floats
    sigma: Floats

    def __len__(self) -> int:
        return len(self.z)


def arcs(
    scans: Sequence[Plots], x: Floats, P: Floats, time_tai_ns: int, *, spread: Sequence[float] = SPREAD
) -> list[Arc]:
    """The plots of objects known to be at x (n, 6) with P (n, 6, 6) at a time, from scans some minutes around it.

    A scan gives an object the plot that lies where it can be, seen by a radar with biases of that spread (sigma in m,
    rad, rad, s). Where there are several, or one that may be another object's, it gives none: no one knows which.
    """
    found: list[list[tuple[Plots, int]]] = [[] for _ in x]
    for scan in scans:
        rows, plots = _only_ones(scan, x, P, (scan.time_tai_ns - time_tai_ns) / NS_PER_S, np.array(spread))
        for row, plot in zip(rows.tolist(), plots.tolist(), strict=True):
            found[row].append((scan, plot))
    return [_arc(time_tai_ns, x[i], P[i], seen) for i, seen in enumerate(found)]


def satellites(scans: Sequence[Plots], known: Known, *, spread: Sequence[float] = SPREAD) -> list[Arc]:
    """Arcs of the catalogued satellites that several of these scans saw, made within some minutes."""
    if not scans:
        return []
    middle = int(np.mean([scan.time_tai_ns - scans[0].time_tai_ns for scan in scans])) + scans[0].time_tai_ns
    sites = dict.fromkeys(scan.site for scan in scans)
    rows = np.unique(np.concatenate([known.above(site, middle).rows for site in sites]))
    x = known.arcs.at(middle, rows)
    found = arcs(scans, x, known.covariance(middle, rows, x), middle, spread=spread)
    return [one for one in found if len(one) >= LEAST_PLOTS]


def register(
    arcs: Sequence[Arc], *, known: Registration | None = None, spread: Sequence[float] = SPREAD
) -> Registration:
    """Biases of all radars of these arcs, with their covariance; of radars never seen before, starting from `spread`.

    known: what was found from earlier arcs, which these add to.

    # Algorithm
    1. Take each radar at what is known of it.
    2. For each arc, at the biases found so far: the object's best state, then what the arc says of the biases alone.
    3. Add it up, solve, and do so again from there.
    """
    radars = tuple(dict.fromkeys([*(known.radars if known else ()), *(name for each in arcs for name in each.radar)]))
    b0, Y0 = _before(radars, known, spread)
    b, Y, fits = b0, Y0, [False]
    for step in range(PASSES):
        said = [_of_arc(each, radars, b, Y0 if step == 0 else None) for each in arcs]
        fits = [one.fits for one in said]
        used = [one for one in said if one.fits]
        Y = Y0 + sum((one.Y for one in used), np.zeros_like(Y0))
        b = b + np.linalg.solve(Y, Y0 @ (b0 - b) + sum((one.g for one in used), np.zeros_like(b0)))
    arcs_before, left_before = (known.arcs, known.left_out) if known else (0, 0)
    counts = arcs_before + sum(fits), left_before + len(arcs) - sum(fits)
    return Registration(radars, b.reshape(-1, 4), inverse(Y), *counts)


def corrected(plots: Plots, registration: Registration) -> Plots:
    """The scan without its radar's bias, its time included; of a radar that is not registered, as it came.

    What is not known of the bias is no noise of single plots but the same in all: it is added to the track that they
    make (`consider`).
    """
    if plots.radar not in registration.radars:
        return plots
    bias, _ = registration.of(plots.radar)
    z = plots.z - bias[:3]
    z[:, 1] = wrap_azimuth(z[:, 1])
    return Plots(plots.site, plots.radar, plots.time_tai_ns - round(bias[3] * NS_PER_S), z, plots.sigma, plots.whole)


def consider(
    history: History, radars: Mapping[str, tuple[Site, Sequence[float]]], registration: Registration
) -> Floats:
    """Covariance (6, 6) that unknown biases add to a coasting track's last estimate, made from corrected plots.

    radars: where each of the track's radars stands and the sigma (m, rad, rad) of its plots. Added to P, it is what a
    Schmidt-Kalman filter would say: the biases are considered, not estimated again [Schmidt 1966; Jazwinski 1970, 8.4].
    """
    last, P = int(history.time_tai_ns[-1]), history.P[-1]
    rows = [(k, name) for k, names in enumerate(history.radars) for name in names if name in registration.radars]
    if not rows:
        return np.zeros((6, 6))
    ago_s = np.array([(history.time_tai_ns[k] - last) / NS_PER_S for k, _ in rows])
    there, Phi = transition_arrays(np.repeat(history.x[-1][None], len(rows), axis=0), ago_s)
    total = np.zeros((6, 4 * len(registration.radars)))
    for (_, name), state, back in zip(rows, there, Phi, strict=True):
        site, sigma = radars[name]
        H = jacobian(site, state[None, :3])[0]
        at = 4 * registration.radars.index(name)
        total[:, at : at + 4] += back[:3].T @ H.T @ (_by_bias(H, state[3:]) / np.square(sigma)[:, None])
    S = P @ total
    return np.asarray(S @ registration.covariance @ S.T)


def _only_ones(scan: Plots, x: Floats, P: Floats, ahead_s: float, spread: Floats) -> tuple[Ints, Ints]:
    """Objects and plots of a scan that can only belong together."""
    from jointwatch.tracking.gate import threshold

    there, Phi = transition_arrays(x, np.full(len(x), ahead_s))
    H = jacobian(scan.site, there[:, :3])
    C = np.concatenate([np.broadcast_to(np.eye(3), H.shape), -times(H, there[:, 3:])[..., None]], axis=2)
    HPhi = H @ Phi[:, :3]
    S = HPhi @ P @ HPhi.swapaxes(-1, -2) + (C * spread**2) @ C.swapaxes(-1, -2)
    expected, greatest = predict(scan.site, there[:, :3]), threshold(ARC_PROBABILITY)
    in_range = (scan.z[:, 0] - expected[:, :1]) ** 2 <= greatest * (S[:, :1, 0] + scan.sigma[:, 0] ** 2)
    rows, plots = np.nonzero(in_range)
    nu = residual(scan.z[plots], expected[rows])
    together = S[rows] + scan.sigma[plots, :, None] ** 2 * np.eye(3)
    near = np.sum(nu * np.linalg.solve(together, nu[..., None])[..., 0], axis=1) <= greatest
    rows, plots = rows[near], plots[near]
    only = (np.bincount(rows, minlength=1)[rows] == 1) & (np.bincount(plots, minlength=1)[plots] == 1)
    return rows[only], plots[only]


def _arc(time_tai_ns: int, x: Floats, P: Floats, seen: Sequence[tuple[Plots, int]]) -> Arc:
    """An arc of these plots, each a scan and an index in it."""
    return Arc(
        time_tai_ns,
        x,
        P,
        tuple(scan.radar for scan, _ in seen),
        tuple(scan.site for scan, _ in seen),
        np.array([scan.time_tai_ns for scan, _ in seen], dtype=np.int64),
        np.array([scan.z[i] for scan, i in seen]).reshape(-1, 3),
        np.array([scan.sigma[i] for scan, i in seen]).reshape(-1, 3),
    )


def _by_bias(H: Floats, v: Floats) -> Floats:
    """Derivative (3, 4) of a measurement by its radar's bias; by the clock's, minus its own rate."""
    return np.concatenate([np.eye(3), -(H @ v)[:, None]], axis=1)


def _before(radars: Sequence[str], known: Registration | None, spread: Sequence[float]) -> tuple[Floats, Floats]:
    """Biases (4 r,) and their information (4 r, 4 r) before the arcs."""
    b, Y = np.zeros(4 * len(radars)), np.diag(np.tile(1 / np.square(spread), len(radars)))
    if known:
        k = 4 * len(known.radars)
        b[:k], Y[:k, :k] = known.bias.ravel(), inverse(known.covariance)
    return b, Y


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What an arc says of the biases: information Y (4 r, 4 r), its vector g (4 r,), and whether it fits at all."""

    Y: Floats
    g: Floats
    fits: bool


def _of_arc(one: Arc, radars: Sequence[str], b: Floats, free: Floats | None) -> _Said:
    """What an arc says about biases b (4 r,); where `free` is given, it may move them with that information."""
    from jointwatch.tracking.gate import threshold

    of = np.array([radars.index(name) for name in one.radar], dtype=np.int64)
    bias = b.reshape(-1, 4)[of]
    ahead_s = (one.measured_tai_ns - one.time_tai_ns) / NS_PER_S - bias[:, 3]
    I0, x = inverse(one.P), one.x
    for _ in range(PASSES + 1):
        nu, A, C = _linear(one, bias, x, ahead_s)
        N, n = I0 + np.einsum("kia,kib->ab", A, A), I0 @ (one.x - x) + np.einsum("kia,ki->a", A, nu)
        cost = np.sum(nu**2) + (one.x - x) @ I0 @ (one.x - x)
        x = x + np.linalg.solve(N, n)
    columns = np.zeros((len(one), 3, len(b)))
    columns[np.arange(len(one))[:, None, None], np.arange(3)[:, None], 4 * of[:, None, None] + np.arange(4)] = C
    N_xb = np.einsum("kia,kib->ab", A, columns)
    W = np.linalg.solve(N, N_xb)
    Y = np.einsum("kia,kib->ab", columns, columns) - N_xb.T @ W
    g = np.einsum("kia,ki->a", columns, nu) - W.T @ n
    if free is not None:
        cost -= g @ np.linalg.solve(Y + free, g)
    return _Said(Y, g, bool(len(one)) and bool(cost <= threshold(ARC_PROBABILITY, 3 * len(one))))


def _linear(one: Arc, bias: Floats, x: Floats, ahead_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Residuals (k, 3) in sigmas at a state; their derivatives (k, 3, 6) by it, and (k, 3, 4) by the radar's bias."""
    there, Phi = transition_arrays(np.repeat(x[None], len(one), axis=0), ahead_s)
    expected, H = np.empty((len(one), 3)), np.empty((len(one), 3, 3))
    for site in dict.fromkeys(one.site):
        rows = np.array([each == site for each in one.site])
        expected[rows], H[rows] = predict(site, there[rows, :3]), jacobian(site, there[rows, :3])
    nu = residual(one.z - bias[:, :3], expected)
    C = np.concatenate([np.broadcast_to(np.eye(3), (len(one), 3, 3)), -times(H, there[:, 3:])[..., None]], axis=2)
    return nu / one.sigma, H @ Phi[:, :3] / one.sigma[..., None], C / one.sigma[..., None]
