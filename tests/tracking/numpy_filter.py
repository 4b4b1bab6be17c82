"""The filter in NumPy, written to be read: what the compiled kernels must give, to 1e-9.

Whole arrays, one operation after the other, with full matrices; the kernels do the same for eight tracks at a time,
with the upper triangles of covariances. The laws are tested of these formulas, and `test_agreement` that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, pi

import numpy as np
from numpy.polynomial import polynomial

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import A_M, B_M, E2, OMEGA_RAD_S
from jointwatch.earth.gravity import gravity, gravity_gradient
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import jacobian, position, residual
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking import drag
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.imm import BOOST, COAST, LEAST_PROBABILITY, THRUST
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings


def transition(duration_s: Floats, settings: Settings, burned: Bools | bool = True) -> Floats:
    """Probabilities (n, 2, 2) of going from mode (row) to mode (column) in durations (n,), none for negative ones.

    burned: whether a coast since the first plot is refuted; until then no burnout flows into it.

    >>> transition(np.array([5.0]), Settings(burnout_rate_per_s=0.02, ignition_rate_per_s=0.0)).round(3)
    array([[[0.905, 0.095],
            [0.   , 1.   ]]])
    """
    elapsed = np.maximum(duration_s, 0.0)
    burnout = np.where(burned, -np.expm1(-settings.burnout_rate_per_s * elapsed), 0.0)
    ignition = -np.expm1(-settings.ignition_rate_per_s * elapsed)
    pi = np.empty((len(elapsed), 2, 2))
    pi[:, BOOST, BOOST], pi[:, BOOST, COAST] = 1 - burnout, burnout
    pi[:, COAST, BOOST], pi[:, COAST, COAST] = ignition, 1 - ignition
    return pi


def mix(x: Floats, P: Floats, mu: Floats, pi: Floats, settings: Settings) -> tuple[Floats, Floats, Floats]:
    """States and covariances each mode starts from, and probabilities of the modes, by the transitions pi (n, 2, 2)."""
    joint = mu[:, :, None] * pi
    c = joint.sum(axis=1)
    w = joint / np.maximum(c, LEAST_PROBABILITY)[:, None, :]  # from (axis 1) into (axis 2)
    w[:, BOOST] = 1 - w[:, COAST]
    mixed_x, mixed_P = np.empty_like(x), np.empty_like(P)
    for to in (BOOST, COAST):
        from_x, from_P = lent(x, P, to, settings)
        mixed_x[:, to] = np.einsum("nk,nka->na", w[:, :, to], from_x)
        d = from_x - mixed_x[:, None, to]
        mixed_P[:, to] = np.einsum("nk,nkab->nab", w[:, :, to], from_P + d[..., :, None] * d[..., None, :])
    return mixed_x, mixed_P, c


def lent(x: Floats, P: Floats, to: int, settings: Settings) -> tuple[Floats, Floats]:
    """Both modes as they may be mixed into one of them: the other lends its prior in place of its seventh component."""
    x, P, other = x.copy(), P.copy(), 1 - to
    x[:, other, 6] = (settings.thrust_mean_m_s2, 0.0)[to]
    P[:, other, 6, :] = P[:, other, :, 6] = 0.0
    P[:, other, 6, 6] = (settings.thrust_sigma_m_s2, settings.drag_sigma)[to] ** 2
    return x, P


def reweighed(c: Floats, log_likelihood: Floats) -> Floats:
    """Mode probabilities (n, 2) after a plot, from those before, c, and the log likelihoods under each mode (n, 2)."""
    log_mu = np.log(np.maximum(c, LEAST_PROBABILITY)) + log_likelihood
    mu = np.maximum(np.exp(log_mu - log_mu.max(axis=1, keepdims=True)), LEAST_PROBABILITY)
    return np.asarray(mu / mu.sum(axis=1, keepdims=True))


def combined(x: Floats, P: Floats, mu: Floats) -> tuple[Floats, Floats]:
    """One state (n, 6) and covariance (n, 6, 6) with the mean and spread of both modes."""
    d = x[:, BOOST, :6] - x[:, COAST, :6]
    mean = x[:, COAST, :6] + mu[:, BOOST, None] * d
    spread = (mu[:, BOOST] * mu[:, COAST])[:, None, None] * (d[:, :, None] * d[:, None, :])
    within = mu[:, BOOST, None, None] * P[:, BOOST, :6, :6] + mu[:, COAST, None, None] * P[:, COAST, :6, :6]
    return mean, within + spread


def boost_probability(x: Floats, P: Floats, mu: Floats) -> Floats:
    """Probability (n,) that thrust drives the object: the boost mode's, times that of its acceleration being forward.

    After a burnout the boost mode holds out for some scans without any; that is no boost.
    """
    from scipy.special import ndtr

    forward = ndtr(x[:, BOOST, THRUST] / np.sqrt(P[:, BOOST, THRUST, THRUST]))
    return np.asarray(mu[:, BOOST] * forward)


_I3 = np.eye(3)
_WHERE = np.zeros((3, 7, 7))  # position, position by velocity, and velocity, as they stand in a covariance
_WHERE[0, :3, :3] = _WHERE[1, :3, 3:6] = _WHERE[1, 3:6, :3] = _WHERE[2, 3:6, 3:6] = _I3


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """States x (n, 2, 7) and covariances P at the new time, derivative F of the new by the old, noise Q between."""

    x: Floats
    P: Floats
    F: Floats
    Q: Floats

    def __getitem__(self, rows: Ints) -> Prediction:
        return Prediction(self.x[rows], self.P[rows], self.F[rows], self.Q[rows])


def predict(x: Floats, P: Floats, duration_s: Floats, settings: Settings) -> Prediction:
    """Both modes (n, 2, 7) after durations (n,) in seconds; negative ones go back, and the noise still adds."""
    n = len(x)
    x1, F = x.copy(), np.zeros((n, 2, 7, 7))
    for mode in (BOOST, COAST):
        for i in range(n):
            x1[i, mode], F[i, mode] = fall(x[i, mode], float(duration_s[i]), felt=mode == COAST)
    fading = np.exp(-np.abs(duration_s) / settings.drag_time_s)
    x1[:, COAST, 6] *= fading
    F[:, COAST, 6, 6] = fading
    along, toward = _direction(0.5 * (x[:, BOOST, 3:6] + x1[:, BOOST, 3:6]), P[:, BOOST])
    _push(x1[:, BOOST], F[:, BOOST], along, toward, duration_s, settings)
    seconds = np.where(duration_s == 0, np.inf, duration_s)[:, None]
    by_index = F[:, COAST, 3:6, 6] / seconds
    drag2 = (4 + x[:, COAST, 6] ** 2) * np.sum(by_index**2, axis=1)
    Q = _noise(duration_s, np.stack([along, by_index], axis=1), drag2, settings)
    return Prediction(x1, F @ P @ F.swapaxes(-1, -2) + Q + rounding(F, P), F, Q)


def rounding(B: Floats, P: Floats) -> Floats:
    """What the variances of B P B' need on top, so that its rounding cannot make the whole indefinite."""
    needed = 1e-13 * np.einsum("...ak,...kk->...a", B * B, P)
    return np.asarray(needed[..., None] * np.eye(B.shape[-1]))


def near_air(x: Floats, seconds: float) -> bool:
    """Whether a state may come below 130 km on its way: by its rate of climb and gravity alone."""
    r = np.linalg.norm(x[:3])
    climb = np.sign(seconds) * x[:3] @ x[3:6] / r
    t = abs(seconds)
    return bool(r + min(climb, 0.0) * t - 0.5 * 9.9 * t * t <= A_M + drag.TOP_M)


def fall(x: Floats, seconds: float, *, felt: bool) -> tuple[Floats, Floats]:
    """A state (7,) after free fall through the air, if felt, and its derivative (7, 7) by the one before."""
    if not (felt and near_air(x, seconds)):
        F = np.eye(7)
        fallen, Phi = transition_arrays(x[None, :6], np.array([seconds]))
        F[:6, :6] = Phi[0]
        return np.concatenate([fallen[0], x[6:]]), F
    y, steps = np.concatenate([x, np.eye(7).ravel()]), max(1, ceil(abs(seconds) / drag.LONGEST_STEP_S))
    h = seconds / steps
    for _ in range(steps):
        k1 = _falling(y)
        k2 = _falling(y + 0.5 * h * k1)
        k3 = _falling(y + 0.5 * h * k2)
        y = y + h / 6 * (k1 + 2 * (k2 + k3) + _falling(y + h * k3))
    return y[:7], y[7:].reshape(7, 7)


def _falling(y: Floats) -> Floats:
    """Rates of a state (7,) and of its derivatives (7, 7), in one array (56,)."""
    a, A = _accelerated(y[:7])
    rates = np.zeros((7, 7))
    rates[:3, 3:6] = np.eye(3)
    rates[3:6] = A
    return np.concatenate([y[3:6], a, [0.0], (rates @ y[7:].reshape(7, 7)).ravel()])


def _accelerated(x: Floats) -> tuple[Floats, Floats]:
    """Acceleration (3,) in gravity and air on the turning Earth, and its derivative (3, 7) by the state."""
    r, v, turn = x[:3], x[3:6], np.array([0.0, 0.0, OMEGA_RAD_S])
    across = np.array([[0.0, -OMEGA_RAD_S, 0.0], [OMEGA_RAD_S, 0.0, 0.0], [0.0, 0.0, 0.0]])
    A = np.zeros((3, 7))
    A[:, :3] = np.array(gravity_gradient(*r))[[[0, 1, 2], [1, 3, 4], [2, 4, 5]]] - across @ across
    A[:, 3:6] = -2 * across
    a = gravity(*r) - 2 * np.cross(turn, v) - np.cross(turn, np.cross(turn, r))
    q, by_r, by_v, by_index = _braked(x)
    A[:, :3] -= np.outer(v, by_r)
    A[:, 3:6] -= np.outer(v, by_v) + q * np.eye(3)
    A[:, 6] -= by_index * v
    return a - q * v, A


def _braked(x: Floats) -> tuple[float, Floats, Floats, float]:
    """Drag over velocity, 1/s, and its derivatives by position, velocity and drag index."""
    d, speed = np.linalg.norm(x[:3]), np.linalg.norm(x[3:6])
    up, pole = x[:3] / d, np.array([0.0, 0.0, 1.0])
    flat = 1 - E2 * (1 - up[2] ** 2)
    height = d - B_M / np.sqrt(flat)
    rise = up + B_M * flat**-1.5 * E2 * up[2] * (pole - up[2] * up) / d
    q = float(drag.density_kg_m3(height) * speed * drag.ratio_of(x[6]) / (2 * drag.BETA0_KG_M2))
    if q >= 0.5:
        return 0.5, np.zeros(3), np.zeros(3), 0.0
    u = height / 1e5
    slope = polynomial.polyval(u, polynomial.polyder(drag._LOG_DENSITY)) / 1e5 if 0 < height < drag.TOP_M else 0.0
    return q, q * slope * rise, q * x[3:6] / max(speed**2, 1e-6), q / np.sqrt(4 + x[6] ** 2)


def _direction(v: Floats, P: Floats) -> tuple[Floats, Floats]:
    """Expected unit vector (n, 3) along the velocity and its derivative (n, 3, 3) by velocity.

    The mean of v/|v| when v is uncertain is close to v / sqrt(|v|^2 + tr P_vv): a velocity not yet known gives no push.
    """
    norm = np.sqrt(np.sum(v * v, axis=1) + np.trace(P[:, 3:6, 3:6], axis1=1, axis2=2))[:, None]
    along = v / norm
    return along, (_I3 - along[:, :, None] * along[:, None, :]) / norm[:, :, None]


def _push(x: Floats, F: Floats, along: Floats, toward: Floats, duration_s: Floats, settings: Settings) -> None:
    """Add the thrust's change of position and velocity to fallen states (n, 7) and their derivatives, in place."""
    mean, tau = settings.thrust_mean_m_s2, settings.thrust_time_s
    elapsed = np.abs(duration_s)
    decay = np.exp(-elapsed / tau)
    speed_by_a = np.sign(duration_s) * tau * (1 - decay)
    way_by_a = tau * (elapsed - tau * (1 - decay))
    excess = x[:, THRUST] - mean
    speed = (mean * duration_s + excess * speed_by_a)[:, None]
    way = (mean * duration_s**2 / 2 + excess * way_by_a)[:, None]
    x[:, 0:3] += way * along
    x[:, 3:6] += speed * along
    x[:, THRUST] = mean + excess * decay
    F[:, 0:3, 3:6] += way[:, :, None] * toward
    F[:, 3:6, 3:6] += speed[:, :, None] * toward
    F[:, 0:3, THRUST] = way_by_a[:, None] * along
    F[:, 3:6, THRUST] = speed_by_a[:, None] * along
    F[:, THRUST, THRUST] = decay


def _noise(duration_s: Floats, along: Floats, drag2: Floats, settings: Settings) -> Floats:
    """Covariance (n, 2, 7, 7) that the noise adds: white acceleration, and a wandering thrust or drag.

    along (n, 2, 3): acceleration that one unit of the seventh component gives; drag2 (n,): square of the drag. Back in
    time the velocity's part changes sign against the others (put t -> -t, v -> -v). The seventh's part is that of a
    random walk: the thrust's in the long run wider than the Gauss-Markov process, the drag index's as wide.
    """
    t, s = np.abs(duration_s), np.sign(duration_s)
    white = np.array([t**3 / 3, s * t**2 / 2, t]).T @ _WHERE.reshape(3, 49)
    density = np.tile([settings.boost_noise_m2_s3, settings.coast_noise_m2_s3], (len(t), 1))
    density[:, COAST] += settings.drag_noise_s * drag2
    Q = (density[:, :, None] * white[:, None]).reshape(-1, 2, 7, 7)
    E = np.zeros((len(t), 2, 3, 7))  # rows: how way, speed and what wanders enter the state
    E[:, :, 0, 0:3] = E[:, :, 1, 3:6] = along
    E[:, :, 2, 6] = 1.0
    wander = np.full(len(t), 2 * settings.thrust_sigma_m_s2**2 / settings.thrust_time_s)
    drift = settings.drag_sigma**2 * -np.expm1(-2 * t / settings.drag_time_s) / np.maximum(t, 1e-9)
    g = np.stack([wander, drift], axis=1)[:, :, None, None]
    way_speed, way_thrust, speed_thrust = s * t**4 / 8, t**3 / 6, s * t**2 / 2
    rows = [t**5 / 20, way_speed, way_thrust, way_speed, t**3 / 3, speed_thrust, way_thrust, speed_thrust, t]
    walk = g * np.array(rows).T.reshape(-1, 1, 3, 3)
    return np.asarray(Q + E.swapaxes(-1, -2) @ walk @ E)


_LOG_2_PI = log(2 * pi)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What one radar should measure of each track and mode: z (n, 2, 3), H = dz/dr, S = H P H' (n, 2, 3, 3)."""

    z: Floats
    H: Floats
    S: Floats

    def __getitem__(self, rows: Ints) -> Expected:
        return Expected(self.z[rows], self.H[rows], self.S[rows])


def expected(plots: Admitted, prediction: Prediction) -> Expected:
    """The measurements a prediction leads to at the site of the plots, without their own noise."""
    n = len(prediction.x)
    r = np.ascontiguousarray(prediction.x[..., :3]).reshape(-1, 3)
    z = measured(plots.site, r).reshape(n, 2, 3)
    H = jacobian(plots.site, r).reshape(n, 2, 3, 3)
    return Expected(z, H, H @ prediction.P[..., :3, :3] @ H.swapaxes(-1, -2))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs inside the gate: indices of track (p,) and plot (p,), log likelihood and NIS under each mode (p, 2)."""

    track: Ints
    plot: Ints
    log_likelihood: Floats
    nis: Floats

    def __len__(self) -> int:
        return len(self.track)

    def __getitem__(self, which: Bools) -> Pairs:
        return Pairs(self.track[which], self.plot[which], self.log_likelihood[which], self.nis[which])


def gated(plots: Admitted, expectation: Expected, settings: Settings) -> Pairs:
    """All pairs of tracks (n) and plots (m) inside the gate, in the order of tracks, then plots."""
    gamma = threshold(settings.gate_probability)
    track, plot = _within_range(plots, expectation, gamma)
    nu = residual(plots.z[plot, None], expectation.z[track])
    i = np.arange(3)
    S = expectation.S[track]
    S[..., i, i] += (plots.sigma[plot] ** 2)[:, None]
    near = (nu * nu <= gamma * S[..., i, i]).all(axis=-1).any(axis=-1)
    track, plot, nu, S = track[near], plot[near], nu[near], S[near]
    nis = (nu[..., None, :] @ np.linalg.inv(S) @ nu[..., None])[..., 0, 0]
    log_likelihood = -0.5 * (nis + np.log(np.linalg.det(S)) + 3 * _LOG_2_PI)
    return Pairs(track, plot, log_likelihood, nis)[np.any(nis <= gamma, axis=1)]


def _within_range(plots: Admitted, expectation: Expected, gamma: float) -> tuple[Ints, Ints]:
    """Pairs (track, plot) whose ranges allow it under either mode, plots being sorted by range; a few too many."""
    r, sigma = plots.z[:, 0], plots.sigma[:, 0].max()
    reach = np.sqrt(gamma * (expectation.S[..., 0, 0] + sigma**2))
    first = np.searchsorted(r, (expectation.z[..., 0] - reach).min(axis=1), "left")
    last = np.searchsorted(r, (expectation.z[..., 0] + reach).max(axis=1), "right")
    count = last - first
    start = np.repeat(first - np.cumsum(count) + count, count)
    return np.repeat(np.arange(len(count)), count), start + np.arange(len(start))


def gain(pairs: Pairs, c: Floats, settings: Settings) -> Floats:
    """Log ratio (p,) of "this plot is this track's" to "the track was missed and the plot is something else".

    c (n, 2): probabilities of the modes before the plot. A mode outside its own gate does not speak for the pair.
    """
    weight = np.maximum(c[pairs.track], settings.least_mode_weight_in_gate)
    speaks = pairs.nis <= threshold(settings.gate_probability)
    log_mixture = np.logaddexp.reduce(np.where(speaks, np.log(weight) + pairs.log_likelihood, -np.inf), axis=1)
    detected = settings.detection_probability
    return np.asarray(log_mixture - log(settings.extraneous_plots_per_m_rad2 * (1 - detected) / detected))


_I7 = np.eye(7)
_GUARD = 1 + 1e-12 * _I7
"""Variances grow by this much at each update, so that rounding cannot take a correlation to one."""


@dataclass(frozen=True, slots=True, eq=False)
class Innovation:
    """What k plots say against k predictions: nu (k, 2, 3), H = dz/dr (k, 2, 3, 3), R (k, 1, 3, 3)."""

    nu: Floats
    H: Floats
    R: Floats


def innovation(plots: Admitted, prediction: Prediction, expectation: Expected) -> Innovation:
    """Innovations of plots against the tracks of the same index, linearised where each pair is known best.

    A prediction narrower than the plot is the point to linearise at (the EKF). A wider one, as after the first plot, is
    not: there the plot's own position is taken, or the sagitta of tens of km across the beam would pass for range.
    """
    sigma2 = plots.sigma**2
    R = sigma2[:, None, :, None] * np.eye(3)
    nu = residual(plots.z[:, None], expectation.z)
    wide = (np.einsum("...ii->...i", expectation.S)[..., 1:] > sigma2[:, None, 1:]).any(axis=-1)
    if not wide.any():
        return Innovation(nu, expectation.H, R)
    r, _ = position(plots.site, plots.z, plots.sigma)
    at_plot = jacobian(plots.site, r)[:, None]
    nu_at_plot = (at_plot @ (r[:, None] - prediction.x[..., :3])[..., None])[..., 0]
    H = np.where(wide[..., None, None], at_plot, expectation.H)
    return Innovation(np.where(wide[..., None], nu_at_plot, nu), H, R)


def update(x: Floats, P: Floats, prediction: Prediction, seen: Innovation, late: Bools) -> tuple[Floats, Floats]:
    """States (k, 2, 7) and covariances after the plots.

    x, P: as the tracks were before the prediction, mixed; late (k,): whose time lies after the plot's, so that the
    estimate stays at its own time.
    """
    H = np.zeros((*seen.H.shape[:-1], 7))
    H[..., :3] = seen.H
    if not late.any():
        return joseph(prediction.x, prediction.P, seen.nu, H, seen.R)
    back = late[:, None, None, None]
    H_now = np.where(back, H @ prediction.F, H)
    R = np.where(back, seen.R + seen.H @ prediction.Q[..., :3, :3] @ seen.H.swapaxes(-1, -2), seen.R)
    x_now = np.where(back[..., 0], x, prediction.x)
    P_now = np.where(back, P, prediction.P)
    return joseph(x_now, P_now, seen.nu, H_now, R)


def joseph(x: Floats, P: Floats, nu: Floats, H: Floats, R: Floats) -> tuple[Floats, Floats]:
    """State and covariance after a measurement with innovation nu, derivative H and noise R; any leading axes.

    Joseph's form (Bucy, Joseph 1968), symmetrised: positive definite whatever the gain's rounding.
    """
    PH = P @ H.swapaxes(-1, -2)
    K = PH @ np.linalg.inv(H @ PH + R)
    A = _I7 - K @ H
    P1 = A @ P @ A.swapaxes(-1, -2) + K @ R @ K.swapaxes(-1, -2)
    return x + (K @ nu[..., None])[..., 0], 0.5 * (P1 + P1.swapaxes(-1, -2)) * _GUARD + rounding(A, P)
