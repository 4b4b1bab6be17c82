"""What the API shows: who is signed in and what is theirs to do, where an act stands, what waits for two officers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from jointwatch.centre.api import people
from jointwatch.centre.api.acts import Row, Whose
from jointwatch.centre.api.forms import Form
from jointwatch.centre.api.office import Office
from jointwatch.centre.api.sessions import Session
from jointwatch.centre.api.table import ACTS


class SignIn(Form):
    """Who signs in."""

    name: Annotated[str, Field(max_length=63)]
    password: Annotated[str, Field(max_length=people.MOST)]


class ActShown(BaseModel):
    """An act that is someone's to do. form: the JSON Schema of what is filled in; of: kinds of entries it answers."""

    name: str
    title: str
    summary: str
    form: dict[str, Any]
    of: list[str]
    whose: Whose
    pointed: str


class SessionShown(BaseModel):
    """Who is signed in, and what is theirs to do. guard: goes with every act, as the header says."""

    person: str
    role: Literal["watch-officer", "analyst", "auditor"]
    centre: str
    run: str
    mode: Literal["exercise", "operational"]
    partners: list[str]
    guard: str
    may_act: bool
    ends_in_s: float
    acts: list[ActShown]


class KeptShown(BaseModel):
    """Where one message of an act stands."""

    log: str
    index: int
    id: str
    kind: str


class WantedShown(BaseModel):
    """Something that two watch officers must approve; by: who has."""

    subject: str
    about: str
    by: list[str]


def session_shown(office: Office, session: Session) -> SessionShown:
    """Return who is signed in, with the acts of that role."""
    person, known = session.person, office.known
    return SessionShown(
        person=person.name,
        role=person.role,
        centre=known.centre,
        run=known.run,
        mode=known.mode,
        partners=list(known.partners),
        guard=session.guard,
        may_act=office.sessions.may_act(session),
        ends_in_s=office.sessions.left_s(session),
        acts=[_act_shown(row) for row in ACTS if person.role in row.roles],
    )


def _act_shown(row: Row) -> ActShown:
    form = row.form.model_json_schema()
    return ActShown(
        name=row.name,
        title=row.title,
        summary=row.summary,
        form=form,
        of=list(row.of),
        whose=row.whose,
        pointed=row.pointed,
    )
