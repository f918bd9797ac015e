"""What the pages of the flows share: finding a flow by its name, and the words for who and when. Nothing is written."""

from dataclasses import dataclass
from datetime import date

from flask import abort
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.desk import desk
from flows import Flow
from flows.checks.rules import FLOW_NAME
from storage import drafts, library
from storage.drafts import Draft
from storage.library import Published
from storage.models import Draft as DraftRow
from storage.models import StaffMember

NOBODY = lazy_gettext("the command line")


@dataclass(frozen=True)
class Stand:
    """How a flow stands: its versions, newest first, and its draft if somebody is writing one."""

    name: str
    versions: tuple[Published, ...]
    draft: Draft | None

    @property
    def current(self) -> Published | None:
        return self.versions[0] if self.versions else None


def stand_of(session: Session, name: str) -> Stand:
    """The stand of a flow; neither published nor drafted is no page."""
    if not FLOW_NAME.fullmatch(name):
        abort(404)
    versions = library.versions(session, name)
    draft = drafts.get(session, name)
    if not versions and draft is None:
        abort(404)
    return Stand(name, tuple(versions), draft)


def hold(session: Session, name: str) -> None:
    """Let nobody save the draft until this transaction ends: what is published or thrown away is what was seen."""
    session.execute(select(DraftRow.flow).where(DraftRow.flow == name).with_for_update())


def source_of(session: Session, stand: Stand) -> str:
    """The text that is worked on: the draft's, or the published one."""
    if stand.draft:
        return stand.draft.source
    return library.source_of(session, stand.versions[0].id)


def others(session: Session, name: str) -> list[Flow]:
    """The published flows that ``name`` stands beside."""
    catalog = desk().library.catalog(session)
    return [flow for other, flow in catalog.items() if other != name]


def who(session: Session, staff_id: int | None) -> str:
    """Who published or saved: an address of the staff, also of those who have left."""
    member = session.get(StaffMember, staff_id) if staff_id else None
    return member.email if member else str(NOBODY)


def today() -> date:
    """The day it is where the server stands, as the bot has it."""
    return desk().now().astimezone().date()
