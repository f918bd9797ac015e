"""The list of meetings and the page of one: facts, what can be printed, and how many testimonies came of it."""

from collections.abc import Mapping
from datetime import datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from admin import filters
from admin.desk import desk
from admin.glance import viewing
from admin.interface import tongue_of
from admin.rights import may
from admin.words import language_name
from flows import Flow
from storage import meetings as stored
from storage import sittings
from storage.meetings import Known
from storage.small_counts import THRESHOLD, suppressed_list

PAGE = 30


def meetings() -> ResponseReturnValue:
    """The one added last first, a page at a time."""
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        found = stored.page(session, before, PAGE + 1)
        newer = stored.newer_than(session, before, PAGE) if before else None
        counts = counted(session, found[:PAGE])
    return render_template(
        "admin/meetings.html",
        meetings=found[:PAGE],
        counts=counts,
        threshold=THRESHOLD,
        paged=before is not None,
        newer=newer,
        older=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def counted(session: Session, found: list[Known]) -> Mapping[int, int | None]:
    """How many testimonies came of each, None where the reader may not know."""
    if may("admin.testimony"):
        known = stored.tally(session, [one.id for one in found])
        return {one.id: known.get(one.id, 0) for one in found}
    shown: dict[int, int | None] = {}
    told = viewing.surveys_told(session)
    for flow in {one.facts.flow for one in found} & told:
        shown |= stored.tally_shown(session, flow)
    return {one.id: shown.get(one.id) for one in found}


def meeting(meeting_id: int) -> ResponseReturnValue:
    """One meeting."""
    with desk().database.reading() as session:
        found = known(session, meeting_id)
        flow = sittings.current_flow(session, desk().library, found.facts.flow)
        count = counted(session, [found])[meeting_id]
    return render_template(
        "admin/meeting.html",
        meeting=found,
        title=title_of(flow) if flow else found.facts.flow,
        languages={code: language_name(code) for code in flow.languages} if flow else {},
        count=count,
        groups=_groups(found),
        threshold=THRESHOLD,
        stand=standing(found, desk().now()),
    )


def _groups(found: Known) -> list[tuple[str, int | None]]:
    """The totals of groups, small ones left out for those who may read no words."""
    groups = found.facts.groups
    if may("admin.testimony") or not groups:
        return list(groups)
    shown = suppressed_list([total for _, total in groups])
    return [(name, total) for (name, _), total in zip(groups, shown, strict=False)]


def standing(found: Known, now: datetime) -> str:
    """Whether the code is not good yet, good, or not any more."""
    if now < found.opens_at:
        return "paused"
    return "complete" if found.is_open(now) else ""


def known(session: Session, meeting_id: int) -> Known:
    """The meeting of an id, or no page."""
    found = stored.get(session, meeting_id) if meeting_id <= filters.MAX_KEY else None
    return found or abort(404)


def title_of(flow: Flow) -> str:
    """A survey's title in the language of the page where it speaks it."""
    return flow.say(flow.title, tongue_of(flow))
