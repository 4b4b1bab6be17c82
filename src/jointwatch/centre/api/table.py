"""The acts that people may do at the page: one row for each. A row here is all that an act needs to be on the page."""

from __future__ import annotations

from jointwatch.centre.api import agreeing, approvals, notifying, remarks
from jointwatch.centre.api.acts import Row

ACTS: tuple[Row, ...] = (remarks.REMARK, approvals.APPROVE, *notifying.ROWS, *agreeing.ROWS)
