"""What may be chosen about a tracker, each value with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of a tracker for missiles and space launchers seen by VHF and UHF radars.

    >>> Settings(lost_after_s=60.0).lost_after_s
    60.0
    """

    # Boost: thrust along the velocity, its acceleration a first-order Gauss-Markov process. Missiles run through 20-80
    # m/s2, space launchers spend minutes at 15-25; a minute is the order of a stage's life.
    thrust_mean_m_s2: float = 30.0
    thrust_sigma_m_s2: float = 20.0
    thrust_time_s: float = 60.0
    # What thrust along the velocity leaves out: 20-25 degrees between the two at 30-35 m/s2, as in the last minute of
    # an ascent that ends level, is 12-15 m/s2; an angle of attack of 5-10 degrees a third of that; for ten seconds.
    boost_noise_m2_s3: float = 1000.0
    # Coast: gravity with J2 leaves out some 5e-5 m/s2 (higher harmonics) and drag above 150 km. In 300 s this density
    # grows to 0.05 m/s, far below what these radars can tell (the bound is 3 m/s).
    coast_noise_m2_s3: float = 1e-5
    # Drag, by the index of `drag.ratio_of`: a ballistic coefficient of 900 to 10,000 kg/m2 within one sigma, of 490 to
    # 18,000 within two: whole bodies, fronts, burnt-out stages. It changes with attitude and Mach number, and a day's
    # density is some tenths off the standard and not of its shape: 40 % in ten seconds, and in the long run back to the
    # prior. With 1000 s the NEES of 40 falls through another density than the filter's was 19 of 6, with 200 s it is 6.
    drag_sigma: float = 3.0
    drag_time_s: float = 200.0
    # What drag against the velocity leaves out, lift and wind: white noise of this times the square of the drag, which
    # is 3 % of it over a second.
    drag_noise_s: float = 0.001

    # Mode changes per second. Burnout: boosts last one to eight minutes, half of it over when first seen.
    burnout_rate_per_s: float = 1 / 80
    # Ignition after a coast is rare, and the rate sets how much of the boost filter's width leaks into every coasting
    # track: at 1e-7 the mean NEES falls to 5.7 of 6, at 1e-9 to 5.8 (300 runs). An ignition shows as soon all the same,
    # within two or three scans, since it throws an object tens of sigma off its coast.
    ignition_rate_per_s: float = 1e-9
    # A coast believed too early is wrong with great certainty, a boost believed too long is vague for some scans.
    initial_boost_probability: float = 0.7
    # Until its probability has once been below this, the coast mode means "coasting since the first plot": what burns
    # out does not flow into it, or the width of the boost would stay in the state of every object that coasts (position
    # 18 % worse after a minute, 100 objects). Once refuted, it means "burned out since".
    coast_refuted_below: float = 0.01

    # First states. One plot says nothing of the velocity: zero-mean, so that 8 km/s in any direction is two sigma.
    velocity_sigma_m_s: float = 4000.0

    # Gate, and the choice between "this plot" and "missed, and that plot was something else".
    gate_probability: float = 0.9999
    # Five false plots in a field of 5,000 km x 110 deg x 60 deg are 5e-7 per m rad2; doubled, to be slow to believe.
    extraneous_plots_per_m_rad2: float = 1e-6
    # Of these the share that a track reckons with until it is confirmed: to refuse a true plot then costs an object its
    # track, to believe a false one a track that its life will end. With five false plots in 100 km and 4 degrees
    # (1e-2) and two objects 50 m apart: both held in 98 % of scans, at a share of one in 94 %, at 1e-4 in 94 %.
    extraneous_share_at_first: float = 0.1
    detection_probability: float = 0.7  # assumed for every radar: the tracker cannot know an object's cross-section
    # Least weight of a mode when a plot is judged: an unlikely mode must not lose the plots that would prove it.
    least_mode_weight_in_gate: float = 1e-3

    # Life of a track. Four of six: at Pd 0.9 confirmed within four scans in two of three cases, at 0.5 within six in
    # one of two (and then tried again). False plots alone: none confirmed in two hours at 300 a scan, at VHF (0.5 deg)
    # and in X band; at 1,000 a scan 21 an hour at VHF. Three of five is a scan sooner, and 10 an hour at 100 (VHF).
    confirm_plots: int = 4
    confirm_window: int = 6
    tentative_lost_after_s: float = 25.0  # five scans of a 5 s radar
    lost_after_s: float = 90.0  # a coasting missile crosses the gap between two sectors in 80 s
    lost_kept_s: float = 3600.0  # how long a lost track stays readable
    # Plausible objects, asked when a track is to be confirmed: above the air traffic and faster, below escape speed.
    least_height_m: float = 20e3
    greatest_height_m: float = 10e6
    least_speed_m_s: float = 300.0
    greatest_speed_m_s: float = 11.5e3

    # Time. A partner's scans come a few seconds late; older ones are refused, since retrodiction is exact without
    # process noise only. A scan far ahead of all others is not believed until the next ones agree.
    late_limit_s: float = 20.0
    jump_limit_s: float = 600.0
    jump_scans: int = 3

    # Bounds on memory and time, so that a jammed radar costs plots and not the watch.
    history_first: int = 128  # the first estimates of a track are kept for good: they hold the launch point
    history_last: int = 384
    lost_tracks_limit: int = 2000  # of more, satellites are forgotten first, then the longest lost
    plots_per_scan_limit: int = 200_000  # what lies near tracks is used first; the rest begins no more than these
    new_tracks_per_scan_limit: int = 200

    def __post_init__(self) -> None:
        for name, least in (("confirm_window", self.confirm_plots), ("confirm_plots", 2), ("history_last", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"Settings: {name} must be at least {least}, got {getattr(self, name)}")
        if self.confirm_window > 32:
            raise ValueError(f"Settings: confirm_window is held in 32 bits, got {self.confirm_window}")
        for name in ("gate_probability", "detection_probability", "initial_boost_probability"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ValueError(f"Settings: {name} must lie between 0 and 1, got {getattr(self, name)}")
