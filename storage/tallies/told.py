"""What pages tell of all testimonies, from the kept counts; where nothing is kept, counted directly.

The same figures either way: a test compares them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Flow, Status
from flows.framework.precoding import Code
from storage import coding_counts, quotations
from storage import funnel as leaving
from storage import glance as direct
from storage.coding_counts import Coder, Count, Progress, Shared
from storage.funnel import Reached
from storage.glance import Glance, Tally
from storage.models import StaffMember
from storage.narrowing import Filter
from storage.tallies import begun, coded
from storage.tallies.begun import Sums
from storage.tallies.spans import BEGUN, CODED, DAY, GRAINS
from storage.tallies.summing import reach, sums

Parts = dict[str | None, Tally]
Named = defaultdict[str, list[tuple[list[str], int]]]
MONTHS = 92 * 7  # days of a span, from when on its months are drawn, not its weeks
STATUS = {one.value: one for one in Status}


@dataclass(frozen=True)
class Begun:
    """What is told of the interviews that began in a span, read once."""

    session: Session
    wanted: Filter

    @cached_property
    def _reach(self) -> tuple[str, str] | None:
        return reach(self.session, self.wanted)

    @cached_property
    def _found(self) -> dict[str, Named] | None:
        long = self._reach is not None and _length(*self._reach) > MONTHS
        found = sums(self.session, BEGUN, self.wanted, coarse=long)
        if found is None:
            return None
        return {flow: _named(each) for flow, each in found.items()}

    def glance(self) -> Glance:
        """The collection at a glance, as ``storage.glance`` counts it; of a long span months may stand for days."""
        if self._found is None:
            return direct.glance(self.session, self.wanted)
        days, lasted = defaultdict[str, Tally](Counter), Counter[int]()
        for each in self._found.values():
            for (status, day), number in each[begun.STANDING]:
                days[day][STATUS[status]] += number
            for (seconds,), number in each[begun.TOOK]:
                lasted[int(seconds)] += number
        return Glance(self._dated(days), _kinds(self._found), _middle(lasted))

    def _dated(self, days: Mapping[str, Tally]) -> dict[date, Tally]:
        """By the day; a month by its first, or by the first day of all."""
        first = self._reach[0] if self._reach else ""
        found = defaultdict[date, Tally](Counter)
        for day in sorted(days):
            at = day if len(day) == GRAINS[DAY] else max(f"{day}-01", first)
            found[date.fromisoformat(at)] += days[day]
        return dict(found)

    def funnel(self, flow: Flow) -> dict[str, Reached]:
        """Where people leave a flow, as ``storage.funnel`` counts it."""
        if self._found is None or (self.wanted.flow or flow.name) != flow.name:
            wanted = Filter(flow=flow.name, since=self.wanted.since, until=self.wanted.until)
            return leaving.funnel(self.session, flow, wanted)
        each = self._found.get(flow.name, defaultdict(list))
        given = defaultdict[str, Counter[str]](Counter)
        for (how, question), number in each[begun.GIVEN]:
            given[question][how] += number
        asked = [(status, where or None, number) for (status, where), number in each[begun.ASKED]]
        return leaving.stages(flow, given, asked)

    def by_kind(self) -> Mapping[str, direct.Parts]:
        """The interviews by each kind."""
        if self._found is None:
            return direct.by_kind(self.session, self.wanted)
        return _kinds(self._found)


def _length(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _kinds(found: Mapping[str, Named]) -> dict[str, Parts]:
    kinds: dict[str, Parts] = {kind: {} for kind in direct.KINDS}
    for flow, each in found.items():
        for (status, _), number in each[begun.STANDING]:
            _add(kinds["flow"], flow, status, number)
        for kind in begun.KINDS:
            for (status, value), number in each[kind]:
                known = None if value == begun.UNKNOWN else value[1:]
                _add(kinds[kind], known, status, number)
    return kinds


def _add(parts: Parts, value: str | None, status: str, number: int) -> None:
    parts.setdefault(value, Counter())[STATUS[status]] += number


def _middle(lasted: Mapping[int, int]) -> timedelta | None:
    """The median: the middle one, or between the two in the middle."""
    whole, passed, middle = sum(lasted.values()), 0, list[int]()
    for seconds, number in sorted(lasted.items()):
        passed += number
        if 2 * passed >= whole and not middle:
            middle.append(seconds)
        if 2 * passed > whole:
            middle.append(seconds)
            break
    return timedelta(seconds=round(sum(middle) / 2)) if middle else None


@dataclass(frozen=True)
class Coding:
    """How testimonies are coded, over all. ``pairs`` are of coders by id; ``quotes`` are by theme."""

    codes: Mapping[Code, Count]
    quotes: Mapping[str, int]
    coders: list[Coder]
    pairs: Mapping[tuple[int, int], int]
    progress: Progress


def coding(session: Session) -> Coding:
    """All of it, as ``storage.coding_counts`` counts it."""
    found = _coded(session)
    if found is None:
        return Coding(
            codes=coding_counts.by_code(session),
            quotes=quotations.counts(session),
            coders=coding_counts.coders(session),
            pairs=coding_counts.pairs(session),
            progress=coding_counts.progress(session),
        )
    named, one, several = _named(found), found[coded.ONE], found[coded.SEVERAL]
    nobody = found[coded.ALL] - one - several
    return Coding(
        codes=_codes(named),
        quotes={theme: number for (theme,), number in named[coded.QUOTE]},
        coders=_coders(session, named),
        pairs={(int(a), int(b)): number for (a, b), number in named[coded.PAIR]},
        progress=Progress(found[coded.ALL], nobody, one, several),
    )


def by_code(session: Session) -> Mapping[Code, Count]:
    """Every code that any testimony has."""
    found = _coded(session)
    return coding_counts.by_code(session) if found is None else _codes(_named(found))


def shared(session: Session, first: int, second: int) -> Mapping[str, Shared]:
    """For every theme of either coder on what both coded, by how many of them each did."""
    found = _coded(session)
    if found is None:
        return coding_counts.shared(session, first, second)
    people = [str(first), str(second)]
    whole = found["\t".join((coded.PAIR, *people))]
    themes = defaultdict[str, Counter[str]](Counter)
    for (*pair, by, theme), number in _named(found)[coded.SHARED]:
        if pair == people:
            themes[theme][by] += number
    told = {}
    for theme, each in themes.items():
        counts = (each[coded.BOTH], each[coded.FIRST], each[coded.SECOND])
        told[theme] = Shared(*counts, whole - sum(counts))
    return told


def _coded(session: Session) -> Sums | None:
    found = sums(session, CODED, Filter())
    if found is None:
        return None
    whole: Sums = Counter()
    for each in found.values():
        whole.update(each)
    return whole


def _codes(found: Named) -> Mapping[Code, Count]:
    by = defaultdict[Code, Counter[str]](Counter)
    for (kind, how, code), number in found[coded.CODE]:
        by[kind, code][how] += number
    return {
        code: Count(each[coded.ANY], each[coded.TOLD], each[coded.PUT]) for code, each in by.items()
    }


def _coders(session: Session, found: Named) -> list[Coder]:
    numbers = {int(coder): number for (coder,), number in found[coded.CODER]}
    people = select(StaffMember.id, StaffMember.email).where(StaffMember.id.in_(numbers))
    rows = session.execute(people.order_by(StaffMember.email))
    return [Coder(number, email, numbers[number]) for number, email in rows]


def _named(counts: Sums) -> Named:
    """The counts by the first part of their names, with what stands behind it."""
    found: Named = defaultdict(list)
    for key, number in counts.items():
        name, *parts = key.split("\t")
        found[name].append((parts, number))
    return found
