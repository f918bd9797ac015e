"""Kept counts added up over a span: whole years and months where they stand, days at the edges. It reads alone.

What is marked, or has an interview that moved since the last look, is counted anew here and now.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, time

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from storage.models import Tally, TallyLook
from storage.narrowing import Filter
from storage.tallies.begun import Sums
from storage.tallies.keeping import COUNTERS
from storage.tallies.marking import moved
from storage.tallies.spans import BEGUN, DAY, GRAINS, YEAR, FlowDay, inside, runs

MOST = 50  # spans counted anew one by one; with more of them, all of it is soonest counted together

Inside = tuple[str, str]  # the flow, and a span


@dataclass
class _Walk:
    """On the way down from years to days: what was added up, and what lies in spans that do not stand as a whole."""

    since: str
    until: str
    changed: frozenset[FlowDay]
    coarse: bool
    sums: dict[str, Sums] = field(default_factory=dict)
    open: set[Inside] | None = None
    again: set[FlowDay] = field(default_factory=set)

    def take(self, flow: str, span: str, counts: dict[str, int] | None, stale: set[Inside]) -> bool:
        """Whether a span is done with: added up, or not wanted at all."""
        first, last = f"{span}{'-01-01'[len(span) - 4 :]}", f"{span}{'-12-31'[len(span) - 4 :]}"
        if last < self.since or first >= self.until:
            return True
        fine = self.coarse or len(span) > GRAINS[YEAR]
        whole = fine and first >= self.since and last < self.until
        if not whole or counts is None or (flow, span) in stale:
            return False
        self.sums.setdefault(flow, Counter()).update(counts)
        return True


def sums(
    session: Session, part: str, wanted: Filter, *, coarse: bool = True
) -> dict[str, Sums] | None:
    """What was counted of each flow. None: nothing is kept, too little, or the filter wants what is not.

    ``coarse``: of whole years, months need not be told by their days.
    """
    edges, last = _bounds(wanted), session.get(TallyLook, 1)
    if edges is None or last is None:
        return None
    since, until = edges
    changed = [one for one in moved(session, last.at) if wanted.flow in (None, "", one[0])]
    within = frozenset(one for one in changed if since <= one[1] < until)
    walk = _Walk(since, until, within, coarse)
    for grain, length in GRAINS.items():
        _descend(session, part, grain, length, wanted.flow, walk)
    anew = runs(walk.again | within)
    if len(anew) > MOST:
        return None
    if anew:
        for (flow, _), counted in COUNTERS[part](session, anew).items():
            walk.sums.setdefault(flow, Counter()).update(counted)
    return walk.sums


def reach(session: Session, wanted: Filter) -> tuple[str, str] | None:
    """The first and the last day that is kept, of those that a filter wants and on which any began."""
    edges = _bounds(wanted)
    if edges is None:
        return None
    days = select(Tally.span).where(
        *(Tally.part == BEGUN, Tally.grain == DAY, cast(Tally.counts, Text) != "{}"),
        *(Tally.span >= edges[0], Tally.span < edges[1]),
    )
    if wanted.flow:
        days = days.where(Tally.flow == wanted.flow)
    ends = (days.order_by(order).limit(1) for order in (Tally.span, Tally.span.desc()))
    first, last = (session.scalar(one) for one in ends)
    return (first, last) if first and last else None


def _descend(
    session: Session, part: str, grain: str, length: int, flow: str | None, walk: _Walk
) -> None:
    """Take the spans of one grain that lie in what is open, and leave open what does not stand."""
    if walk.open is not None and not walk.open:
        return
    chosen = select(Tally.flow, Tally.span, Tally.counts).where(
        Tally.part == part, Tally.grain == grain
    )
    if flow:
        chosen = chosen.where(Tally.flow == flow)
    if walk.open is not None:
        chosen = chosen.where(Tally.span.in_(inside({span for _, span in walk.open})))
    stale = {(name, day[:length]) for name, day in walk.changed}
    above = len(next(iter(walk.open))[1]) if walk.open else 0
    left = set[Inside]()
    for name, span, counts in session.execute(chosen):
        if walk.open is not None and (name, span[:above]) not in walk.open:
            continue
        if not walk.take(name, span, counts, stale):
            left.add((name, span))
    walk.open = left
    if length == max(GRAINS.values()):
        walk.again = left


def _bounds(wanted: Filter) -> tuple[str, str] | None:
    """The first day that a filter wants and the one after the last; None where it asks for more than flow and days."""
    if Filter(flow=wanted.flow, since=wanted.since, until=wanted.until) != wanted:
        return None
    edges = []
    for moment, open_end in ((wanted.since, "0"), (wanted.until, "9999-99")):
        at = moment.astimezone(UTC) if moment else None
        if at and at.time() != time.min:
            return None
        edges.append(at.date().isoformat() if at else open_end)
    return edges[0], edges[1]
