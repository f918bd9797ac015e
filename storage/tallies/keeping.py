"""Kept counts are renewed: what moved is looked for, what is marked is counted, and days are added up.

What is counted is kept only if nothing was marked meanwhile (``marking``), so no lock is held while counting.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.db import take_turn
from storage.models import InterviewRow, Tally, TallyLook
from storage.tallies import begun, coded
from storage.tallies.begun import Sums
from storage.tallies.marking import mark_days, moved
from storage.tallies.spans import (
    BEGUN,
    CODED,
    DAY,
    MONTH,
    PARTS,
    YEAR,
    day_of,
    inside,
)
from storage.tallies.spans import runs as runs_of

AT_ONCE = 10  # days counted in one go
TURN = b"tallies."
COUNTERS = {BEGUN: begun.count, CODED: coded.count}
BELOW = {YEAR: MONTH, MONTH: DAY}

Key = tuple[str, str, str, str]  # part, grain, span, flow


@dataclass(frozen=True)
class Counted:
    """What was counted, by key, with the marks that stood before."""

    sums: Mapping[Key, Sums]
    marks: Mapping[Key, int]


def look(session: Session, now: datetime) -> None:
    """Mark the days of all interviews that moved since the last look; the first look marks all there are."""
    take_turn(session, TURN)
    last = session.get(TallyLook, 1, populate_existing=True)
    if last is None:
        everything = select(InterviewRow.flow, day_of(session)).distinct()
        days = [(flow, day) for flow, day in session.execute(everything)]
        session.add(TallyLook(id=1, at=now))
    else:
        days = moved(session, last.at)
        last.at = now
    mark_days(session, days, PARTS)
    session.flush()


def count_some(session: Session) -> Counted | None:
    """Count some of what is marked, days before months and years, the newest first; None when there is no more to do.

    It reads alone: ``keep`` writes it down.
    """
    for part, grain in [(part, grain) for grain in (DAY, MONTH, YEAR) for part in PARTS]:
        marked = (
            select(Tally.span, Tally.flow, Tally.marks)
            .where(Tally.part == part, Tally.grain == grain, Tally.counts.is_(None))
            .order_by(Tally.span.desc(), Tally.flow)
            .limit(AT_ONCE)
        )
        marks = {(part, grain, span, flow): n for span, flow, n in session.execute(marked)}
        if marks:
            return Counted(dict(_sums(session, part, grain, list(marks))), marks)
    return None


def _sums(session: Session, part: str, grain: str, keys: list[Key]) -> Iterator[tuple[Key, Sums]]:
    if grain == DAY:
        found = COUNTERS[part](session, runs_of((flow, day) for _, _, day, flow in keys))
        yield from ((key, found.get((key[3], key[2]), Counter())) for key in keys)
        return
    for key in keys:
        added = _added(session, key, BELOW[grain])
        if added is not None:
            yield key, added


def _added(session: Session, key: Key, grain: str) -> Sums | None:
    """A month from its days, a year from its months; None where one of them is marked again."""
    part, _, span, flow = key
    below = select(Tally.counts).where(
        Tally.part == part,
        Tally.grain == grain,
        Tally.span.in_(inside([span])),
        Tally.flow == flow,
    )
    sums: Sums = Counter()
    for counts in session.scalars(below):
        if counts is None:
            return None
        sums.update(counts if grain == DAY else begun.by_month(counts))
    return sums


def keep(session: Session, counted: Counted) -> int:
    """Keep what was counted, but for what was marked since; returns how many are kept."""
    kept = 0
    for key in sorted(counted.sums):
        part, grain, span, flow = key
        done = session.execute(
            update(Tally)
            .where(
                *(Tally.part == part, Tally.grain == grain, Tally.span == span),
                *(Tally.flow == flow, Tally.marks == counted.marks[key]),
            )
            .values(counts=dict(counted.sums[key]))
            .execution_options(synchronize_session=False)
        )
        kept += done.rowcount  # type: ignore[attr-defined]
    return kept
