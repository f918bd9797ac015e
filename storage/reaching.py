"""How people can be reached, told where a question asked for it: a telephone number, an e-mail address.

It is hidden as the number behind a testimony is, until somebody says why. What people write of it in their own story
is words, and staff mask it. Nothing is opened here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from flows import Flow, Given, Heard, parts_of
from storage.dialogues import Line
from storage.library import Library
from storage.models import AnswerRow, InterviewRow
from storage.veils import BLOCKS

IDENTIFYING = ("phone", "email")


def asked_in(flow: Flow) -> frozenset[str]:
    """The questions of a flow that ask how somebody can be reached."""
    return frozenset(one.id for one in flow.questions if one.type in IDENTIFYING)


def is_told(session: Session, interview_id: int, library: Library) -> bool:
    """Whether an interview has an answer that tells it."""
    row = session.get(InterviewRow, interview_id)
    asked = asked_in(library.flow(session, row.flow_version_id)) if row else frozenset()
    told = exists().where(
        AnswerRow.interview_id == interview_id,
        AnswerRow.question.in_(asked),
        AnswerRow.given != Given.REFUSED,
        AnswerRow.words.is_not(None),
    )
    return bool(asked) and bool(session.scalar(select(told)))


def covered(flow: Flow, lines: Sequence[Line], waiting: str | None) -> Iterator[Line]:
    """A dialogue with blocks for what tells it, and for each try at it; ``waiting``: the slot that is asked now."""
    asked, slot, found = asked_in(flow), waiting, []
    for line in reversed(lines):
        if line.inbound and line.heard is Heard.ANSWER:
            slot = line.slot
        tells = line.inbound and line.heard in (Heard.ANSWER, Heard.TRY)
        hides = tells and slot is not None and parts_of(slot)[0] in asked
        found.append(replace(line, text=BLOCKS) if hides else line)
    return reversed(found)
