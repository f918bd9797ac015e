"""Where people leave a flow: how many reached each question, answered it, refused it, or went no further."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from flows import CONSENT, Flow, Given, Status, parts_of
from storage.models import AnswerRow, InterviewRow
from storage.testimonies import Filter, narrow

OPEN = (Status.WAITING, Status.PAUSED)
ENDED = (Status.WITHDRAWN, Status.EXPIRED)  # their ``asked`` is where they ended

Ended = tuple[str, str | None, int]  # how interviews stand, what they are asked, and how many do


@dataclass(frozen=True)
class Reached:
    """One question's part of the funnel, in interviews. ``left``: it waited, or was the next, when the person went.

    ``waiting`` are those who may still answer it.
    """

    reached: int
    answered: int
    refused: int
    waiting: int
    left: int


def funnel(session: Session, flow: Flow, wanted: Filter) -> dict[str, Reached]:
    """The funnel of all versions by question id, the consent first; questions of ``flow`` in its order."""
    return stages(flow, _given(session, wanted), _ended(session, wanted))


def stages(
    flow: Flow, given: defaultdict[str, Counter[str]], ended: Iterable[Ended]
) -> dict[str, Reached]:
    """The funnel, from how many gave which answer to a question, and how many stand where."""
    waiting, left, declined = _places(ended)
    given[CONSENT][Given.REFUSED] += declined
    found = {}
    for question_id in (CONSENT, *(one.id for one in flow.questions if one.asks)):
        counts = given[question_id]
        answered = sum(counts.values()) - counts[Given.REFUSED]
        here, gone = waiting[question_id], left[question_id]
        found[question_id] = Reached(
            reached=sum(counts.values()) + here + gone,
            answered=answered,
            refused=counts[Given.REFUSED],
            waiting=here,
            left=gone,
        )
    return found


def _given(session: Session, wanted: Filter) -> defaultdict[str, Counter[str]]:
    """How many interviews have an answer to each question, by how it was given; a repeat's first time counts."""
    statement = (
        select(AnswerRow.question, AnswerRow.given, func.count())
        .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
        .where(AnswerRow.aside.is_(False), AnswerRow.instance <= 1)
        .where(slot() != func.coalesce(InterviewRow.asked, ""))  # it still waits there
        .group_by(AnswerRow.question, AnswerRow.given)
    )
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for question, given, count in session.execute(narrow(statement, wanted)):
        found[question][given] = count
    return found


def slot() -> ColumnElement[str]:
    """The place of an answer, as an interview names the one at which it waits; of a repeat its first time."""
    return case((AnswerRow.instance == 0, AnswerRow.question), else_=AnswerRow.question + "/1")


def _ended(session: Session, wanted: Filter) -> Iterable[Ended]:
    statement = select(InterviewRow.status, InterviewRow.asked, func.count()).group_by(
        InterviewRow.status, InterviewRow.asked
    )
    return [(status, asked, n) for status, asked, n in session.execute(narrow(statement, wanted))]


def _places(ended: Iterable[Ended]) -> tuple[Counter[str], Counter[str], int]:
    """How many wait at each question, how many went away at it, and how many declined the consent."""
    waiting, left, declined = Counter[str](), Counter[str](), 0
    for status, asked, count in ended:
        declined += count * (status == Status.DECLINED)
        question, instance = parts_of(
            asked or ""
        )  # "": moved to a new version, and asked nothing there yet
        if instance > 1:  # its first time is counted among the answers
            continue
        waiting[question] += count * (status in OPEN)
        left[question] += count * (status in ENDED)
    return waiting, left, declined
