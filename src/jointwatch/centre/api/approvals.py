"""Approval by two at the page: the act by which a person gives it, and what waits for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jointwatch.centre.alerts import desk
from jointwatch.centre.api.acts import Drafted, Look, Row
from jointwatch.centre.api.forms import Digest, Form, Remark
from jointwatch.centre.approval import APPROVED, OFFICER
from jointwatch.centre.configuration import Configuration
from jointwatch.centre.saying import Saying


class ApproveForm(Form):
    """What is approved, by its SHA-256; remark: why."""

    subject: Annotated[Digest, Field(title="What is approved, by its SHA-256", json_schema_extra={"from": "approvals"})]
    remark: Annotated[Remark, Field(title="Remark")] = ""


def approve(saying: Saying, form: ApproveForm, look: Look) -> Drafted:
    """Return an approval, which is all in its act."""
    return Drafted(subject=bytes.fromhex(form.subject), text=form.remark)


def wanted(known: Configuration) -> dict[str, str]:
    """Return what there is to approve at a centre: the SHA-256, in hexadecimal, and what it stands for."""
    if known.mode != "operational" or known.alerts.status != "Actual":
        return {}
    receivers = ", ".join(known.alerts.receivers) or "nobody"
    return {desk.subject(known).hex(): f"alerts that are meant in earnest, to {receivers}"}


APPROVE = Row(
    name=APPROVED,
    title="Approve",
    summary="Approve something by its SHA-256, as one of the two watch officers whom it needs.",
    roles=(OFFICER,),
    form=ApproveForm,
    draft=approve,
)
