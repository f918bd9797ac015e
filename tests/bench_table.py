"""The table of ``make bench``: each work beside its floor, in alternating rounds of one run.

Machines are noisy and ratios less so: medians are compared, by the clock and by the time of the processor.
"""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

ROUNDS = 5
MOST_OF_A_MILLISECOND = 1e-3


class Spent(NamedTuple):
    """Seconds on the clock, and of the processor, with those of processes started and ended meanwhile."""

    clock: float
    processor: float

    def shared(self, among: int) -> "Spent":
        """What each of so many alike took of it."""
        return Spent(self.clock / among, self.processor / among)


def processor() -> float:
    """Seconds of processor that this process and its ended children have had."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def spent(work: Callable[[], object], times: int = 1) -> Spent:
    """What one ``work`` takes, over so many times."""
    clock, used = time.perf_counter(), processor()
    for _ in range(times):
        work()
    return Spent((time.perf_counter() - clock) / times, (processor() - used) / times)


def median(rounds: list[Spent]) -> Spent:
    """Of each column by itself."""
    return Spent(*map(statistics.median, zip(*rounds, strict=True)))


@dataclass(frozen=True)
class Row:
    """A work and, where it has one, its floor. Goals: ``most`` of the floor's time, and a ``limit`` in seconds."""

    name: str
    ours: Spent
    beside: str = ""
    floor: Spent | None = None
    most: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> Spent | None:
        """How often the floor's time it takes."""
        if self.floor is None:
            return None
        return Spent(*(mine / other for mine, other in zip(self.ours, self.floor, strict=True)))

    @property
    def times(self) -> dict[str, Spent | None]:
        """All that was measured."""
        return {"ours": self.ours, "floor": self.floor, "ratio": self.ratio}

    @property
    def kept(self) -> bool | None:
        """If its goals are, by the kinder of the two clocks: others may be at work here. None without a goal."""
        goals = [self.limit is None or min(self.ours) <= self.limit]
        goals += [min(self.ratio) <= self.most] if self.ratio and self.most else []
        return None if self.limit is self.most is None else all(goals)

    @property
    def goal(self) -> str:
        """The goals in words."""
        said = [f"x{self.most:g}"] if self.most is not None else []
        said += [_time(self.limit).strip()] if self.limit is not None else []
        return f"goal {' and '.join(said)}: {'kept' if self.kept else 'NOT kept'}" if said else ""

    def __str__(self) -> str:
        told = [f"{self.name:<62}", f"{_time(self.ours.clock)} {_time(self.ours.processor)}"]
        if self.floor and self.ratio:
            theirs = f"{_time(self.floor.clock)} {_time(self.floor.processor)}"
            told += [f"{self.beside:<40}", theirs]
            told += [f"x{self.ratio.clock:<6.2f} x{self.ratio.processor:<6.2f}"]
        return "  ".join([*told, self.goal, self.note]).rstrip()


def _time(seconds: float) -> str:
    if seconds < MOST_OF_A_MILLISECOND:
        return f"{seconds * 1e6:>8.1f} µs"
    return f"{seconds * 1e3:>8.1f} ms" if seconds < 1 else f"{seconds:>8.2f} s "


@dataclass
class Table:
    """The rows, told as they come."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        print(row, flush=True)

    def compare(
        self,
        name: str,
        ours: Callable[[], Spent],
        floor: Callable[[], Spent],
        beside: str,
        *,
        most: float | None = None,
        limit: float | None = None,
    ) -> None:
        """The medians of both, in turns."""
        pairs = [(ours(), floor()) for _ in range(ROUNDS)]
        mine, theirs = (median(list(column)) for column in zip(*pairs, strict=True))
        self.add(Row(name, mine, beside, theirs, most, limit))

    def alone(self, name: str, ours: Callable[[], Spent], limit: float | None = None) -> None:
        """A work without a floor: its median."""
        self.add(Row(name, median([ours() for _ in range(ROUNDS)]), limit=limit))

    def plain(self) -> list[dict[str, Any]]:
        """The rows as JSON has them: seconds throughout."""
        return [
            asdict(row)
            | {name: one and one._asdict() for name, one in row.times.items()}
            | {"kept": row.kept}
            for row in self.rows
        ]
