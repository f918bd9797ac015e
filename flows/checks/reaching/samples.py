"""The values of a question that are worth trying: one for each way in which it can compare.

Where questions are compared with each other, as many between two constants as there are such questions, so that they
can stand in any order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from math import ceil, floor

from flows.checks.reaching.cases import Values
from flows.checks.reaching.comparing import EVERY, LINKED, SIZE, TODAY, VALUE, YEARS, Beyond, Note
from flows.language.expressions import (
    BOOL,
    CODE,
    CODES,
    DATE,
    FILES,
    NUMBER,
    TEXT,
    TIMES,
    Known,
    Value,
)
from flows.language.model import Question

LONGEST = 2000  # characters of a text that a length is tried with
MOST_STEPS = 1000
SOME_DAY = date(2026, 5, 31)  # stands for today where only the distance from it matters
OWN_LETTERS = range(
    0xE000, 0xF8FF
)  # letters without a meaning: no author compares a text with them


@dataclass
class Samples:
    """What is compared with what in all conditions that are looked at together, and the values that follow from it."""

    questions: Mapping[str, Question]
    kinds: Mapping[str, Known]
    notes: set[Note] = field(default_factory=set)

    @property
    def with_today(self) -> bool:
        """Whether something depends on the day of the interview."""
        return any(note.name == TODAY or note.aspect == YEARS for note in self.notes)

    @property
    def aged(self) -> bool:
        return any(note.aspect == YEARS for note in self.notes)

    def constants(self, names: Iterable[str], aspect: str) -> set[Value]:
        named = set(names)
        found = (note for note in self.notes if note.name in named and note.aspect == aspect)
        return {note.constant for note in found}

    def peers(self, name: str, *kinds: str) -> list[str]:
        """The questions that ``name`` can be in order with: it alone, or all of those kinds that are linked."""
        linked = {note.name for note in self.notes if note.aspect == LINKED}
        if name not in linked:
            return [name]
        return [
            one for one in linked if (one == TODAY and DATE in kinds) or self.kind(one) in kinds
        ]

    def kind(self, name: str) -> str:
        return self.kinds[name].kind if name != TODAY else ""

    def values(self, name: str) -> Values:
        """The values of a question to try; raises Beyond where they cannot be told."""
        kind = self.kind(name)
        if kind == CODES:
            return self.lists(name)
        found = VALUES[kind](self, name)
        return lambda: iter(found)

    def numbers(self, name: str) -> Sequence[Value]:
        kind, steps = self.questions[name].type, self.steps(name)
        peers = self.peers(name, NUMBER, TIMES)
        around = {one for one in self.constants(peers, VALUE) if isinstance(one, Decimal)}
        if steps and len(peers) == 1:  # of all that compare alike one is enough
            steps = [*{tuple(map(one.compare, around)): one for one in steps}.values()]
        for peer in peers if len(peers) > 1 else ():
            around |= set(self.steps(peer))
        whole = between(around, len(peers))
        if kind in ("integer", "repeat"):
            return [int(one) for one in steps or whole]
        return steps or spread({*around, *map(Decimal, whole)}, len(peers))

    def steps(self, name: str) -> list[Decimal]:
        """Every value of a scale, or of a repeat's number of times; none for other numbers."""
        question = self.questions[name]
        if question.type not in ("range", "repeat"):
            return []
        start, end, step = question.start, question.end, question.step
        if question.type == "repeat":
            start, end, step = Decimal(1), Decimal(question.max), Decimal(1)
        if step <= 0 or (end - start) / step > MOST_STEPS:
            raise Beyond
        return [start + step * number for number in range(floor((end - start) / step) + 1)]

    def dates(self, name: str) -> Sequence[Value]:
        if self.aged:
            return self.ages(name)
        peers = self.peers(name, DATE)
        days = {one for one in self.constants(peers, VALUE) if isinstance(one, date)}
        around = {Decimal(day.toordinal()) for day in days or {SOME_DAY}}
        near = between(around, len(peers))
        return [date.fromordinal(day) for day in near if 0 < day <= date.max.toordinal()]

    def ages(self, name: str) -> Sequence[Value]:
        """Days around today, which stands still here: so only the distance from it may matter."""
        for note in self.notes:
            a_day = note.name == TODAY or self.kind(note.name) == DATE
            apart = note.aspect == LINKED and TODAY not in (note.name, note.constant)
            if a_day and (apart or note.aspect == VALUE):
                raise Beyond
        years = {one for one in self.constants([name], YEARS) if isinstance(one, Decimal)}
        today = SOME_DAY.toordinal()
        near = [date.fromordinal(day) for day in (today - 1, today, today + 1)]
        past = (SOME_DAY.year - age for age in between(years, 1))
        return [*(SOME_DAY.replace(year=year) for year in past if 0 < year < 10_000), *near]

    def todays(self) -> list[date]:
        """The days on which the interview may be held, as far as they differ."""
        if self.aged or not self.with_today:
            return [SOME_DAY]
        return [day for day in self.dates(TODAY) if isinstance(day, date)]

    def texts(self, name: str) -> Sequence[Value]:
        written = [one for one in self.constants([name], VALUE) if isinstance(one, str)]
        sizes = {one for one in self.constants([name], SIZE) if isinstance(one, Decimal)}
        if any(abs(size) > LONGEST for size in sizes):
            raise Beyond
        letter = next(chr(point) for point in OWN_LETTERS if chr(point) not in "".join(written))
        lengths = {0, 1, *(size for size in between(sizes, 1) if size >= 0)}
        return [*written, *(letter * length for length in lengths)]

    def codes(self, name: str) -> Sequence[Value]:
        """The codes that matter, and one to stand for the others."""
        named, others = self.parted(name)
        return [*named, *others[:1]]

    def parted(self, name: str) -> tuple[list[str], list[str]]:
        every = self.kinds[name].codes
        if self.constants([name], EVERY):
            return list(every), []
        named = self.constants([name], VALUE)
        return [one for one in every if one in named], [one for one in every if one not in named]

    def lists(self, name: str) -> Values:
        """Some of the codes that matter with some of the others, the shorter lists first."""
        named, others = self.parted(name)
        counts = [one for one in self.constants([name], SIZE) if isinstance(one, Decimal)]
        most = min(len(others), max(1, floor(max(counts, default=0)) + 1))

        def listed() -> Iterator[Value]:
            for size in range(len(named) + 1):
                for some in combinations(named, size):
                    for more in range(0 if some else 1, most + 1):
                        yield (*some, *others[:more])

        return listed


VALUES: Mapping[str, Callable[[Samples, str], Sequence[Value]]] = {
    NUMBER: Samples.numbers,
    TIMES: Samples.numbers,
    DATE: Samples.dates,
    TEXT: Samples.texts,
    CODE: Samples.codes,
    BOOL: lambda _, name: (True, False),
    FILES: lambda _, name: (("photo",),),
}


def between(constants: Iterable[Decimal], count: int) -> list[int]:
    """The whole ones of ``constants``, and up to ``count`` whole numbers between each two and at both ends."""
    ordered = sorted(constants)
    if not ordered:
        return list(range(count))
    found = [ceil(ordered[0]) - 1 - step for step in range(count)]
    for low, high in pairwise([*ordered, ordered[-1] + count + 2]):
        found += [int(low)] if low == int(low) else []
        found += [number for step in range(count) if (number := floor(low) + 1 + step) < high]
    return found


def spread(constants: set[Decimal], count: int) -> list[Decimal]:
    """``constants``, and ``count`` numbers between each two and at both ends."""
    ordered = sorted(constants)
    steps = range(1, count + 1)
    inner = [
        low + (high - low) * step / (count + 1) for low, high in pairwise(ordered) for step in steps
    ]
    ends = [end for step in steps for end in (ordered[0] - step, ordered[-1] + step)]
    return [*ordered, *inner, *ends]
