"""Codes that follow from a testimony's answers: nobody put them, and they change as the answers do."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from flows import Answer, Flow, Slot
from flows.framework.precoding import Code, precoded
from storage.models import Coding
from storage.prepared import Prepared

# none of these has ended; but it is by the index of those that stand that they are found
FOLLOWING = Prepared(
    lambda: select(Coding.id, Coding.kind, Coding.code).where(
        Coding.interview_id == bindparam("interview"),
        Coding.staff_id.is_(None),
        Coding.ended_at.is_(None),
    )
)

_FOLLOW = Prepared(lambda insert: insert(Coding), "interview_id", "kind", "code", inserts=True)

_END = Prepared(lambda: delete(Coding).where(Coding.id.in_(bindparam("gone", expanding=True))))


def precode(
    session: Session,
    interview_id: int,
    flow: Flow,
    answers: Mapping[Slot, Answer],
    aside: Collection[Slot],
) -> None:
    """Let the codes that follow from the answers be those of the answers as they are now."""
    wanted = precoded(flow, answers, aside)
    rows = FOLLOWING.all(session, interview=interview_id)
    known: dict[Code, int] = {(kind, code): number for number, kind, code in rows}
    if gone := [number for code, number in known.items() if code not in wanted]:
        _END.run(session, gone=gone)
    for kind, code in sorted(wanted - known.keys()):
        _FOLLOW.run(session, interview_id=interview_id, kind=kind, code=code)
