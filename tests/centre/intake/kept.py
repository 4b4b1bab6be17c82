"""What stands in a centre's record of what its sensors said."""

from __future__ import annotations

from jointwatch.centre.service import Service
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import decode
from jointwatch.messages.plot_report import PlotReport
from tests.centre import serving


def reports(service: Service) -> list[PlotReport]:
    """The plot reports of this month, in order."""
    log = LogId.parse(serving.shard("moscow/moscow/record"))
    size = service.store.size(log) if log in service.store.logs() else 0
    found = [decode(dsse.parse(entry).payload) for entry in (service.store.entries(log, 0, size) if size else [])]
    return [message for message in found if isinstance(message, PlotReport)]
