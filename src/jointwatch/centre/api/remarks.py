"""Remarks: what a person wants to be remembered, about an entry or about nothing; no partner reads them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jointwatch.centre.api.acts import Drafted, Look, Row
from jointwatch.centre.api.forms import Form, Pointed, Text
from jointwatch.centre.saying import Saying


class RemarkForm(Form):
    """A remark; entry: what it is about."""

    text: Annotated[Text, Field(title="Remark")]
    entry: Annotated[Pointed | None, Field(title="About the entry")] = None


def remark(saying: Saying, form: RemarkForm, look: Look) -> Drafted:
    """Return a remark, which is all in its act."""
    return Drafted(on=(look.reference(form.entry),) if form.entry else (), text=form.text)


REMARK = Row(
    name="remark",
    title="Remark",
    summary="Write down something for the centre's own people; no partner reads it.",
    roles=("watch-officer", "analyst"),
    form=RemarkForm,
    draft=remark,
    pointed="entry",
)
