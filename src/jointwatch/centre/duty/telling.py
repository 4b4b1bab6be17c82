"""What is due to be said: own tracks as tracklets, reports of launches and their corrections, what is taken back.

All of it is said in the centre's own record first; the outlet lets go of it what the policy in force allows.
"""

from __future__ import annotations

from jointwatch.centre import release, reporting
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.news import News
from jointwatch.centre.outlet import Outlet
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.correction import Correction
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.tracklet import Tracklet

TRACKLET_EVERY_NS = 10 * NS_PER_S


def offer(outlet: Outlet, message: PlotReport | Notice, at: EntryReference) -> None:
    """Offer what someone else wrote into the own record: sensors' scans and notices.

    A notice that its source told every partner itself is not repeated; `correlation.asking` says when it is after all.
    """
    if isinstance(message, PlotReport):
        outlet.offer(message, at, message.sensor)
    elif not outlet.partners <= set(message.contents.told):
        outlet.offer(message, at, message.id)


def say_due(duty: Duty, ledger: Ledger, outlet: Outlet, news: News) -> None:
    """Say what is due of all that was heard."""
    if outlet.gives("track"):
        tell_tracks(duty, ledger, outlet)
    report(duty, ledger, outlet, news)


def tell_tracks(duty: Duty, ledger: Ledger, outlet: Outlet) -> None:
    """Say each confirmed own track as a tracklet, every ten seconds while it gets plots."""
    for track in duty.own_tracks.confirmed():
        if track.catalogue_number is not None:  # the partner has the same public catalogue
            continue
        number, when = duty.told.get(track.id, (0, -TRACKLET_EVERY_NS))
        if track.last_plot_tai_ns - when >= TRACKLET_EVERY_NS:
            content = release.tracklet_content(track, number + 1)
            tracklet, at = ledger.say(Tracklet, ledger.internal(), **content)
            outlet.offer(tracklet, at, track.id)


def report(duty: Duty, ledger: Ledger, outlet: Outlet, news: News) -> None:
    """Say what must be said of launches: first reports and corrections; take back what turns out to be a satellite."""
    for due in reporting.due(duty.watch, duty.said, own=duty.centre, now_tai_ns=ledger.now_tai_ns):
        said, at = ledger.say(LaunchReport, ledger.internal(), items=due.items)
        outlet.offer(said, at, due.held.id, reason=due.reason)
        news.reported(due, ledger.now_tai_ns)
    for track in [track for track in duty.said if duty.watch.satellite(track)]:
        withdraw(track, duty, ledger, outlet, news)


def withdraw(track: str, duty: Duty, ledger: Ledger, outlet: Outlet, news: News) -> None:
    """Take back what was reported of an object that turns out to be a satellite of the catalogue."""
    reason = f"{track} is recognised as satellite {duty.watch.satellite(track)} of the public catalogue; " + (
        "nothing was launched"
    )
    ledger.say(Correction, ledger.internal(), corrects=duty.said[track].at, reason=reason)
    outlet.withdraw(track, reason)
    news.note("correction", reason, ledger.now_tai_ns)
