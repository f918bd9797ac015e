"""What an export of 1,000,000 answers takes, beside what writes them by hand; a part of ``make bench``.

Each is made in a process of its own, in turns, so that memory is known too. CPU time stands beside the clock's: it says
more on a machine where others are at work.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from storage.db import open_database
from storage.exports import Order, take
from storage.exports.single import make
from storage.library import Library
from storage.testimonies import Filter
from tests import many_answers
from tests.bench_table import Row, Spent, Table, median, spent

ANSWERS, ROUNDS = 1_000_000, 3
KIB = 1024  # in a MiB
MORE_MEMORY = 60  # MiB that an export may take beside what the program takes anyway


@dataclass(frozen=True)
class Goal:
    """A format, and how often the time of its floor it may take; ``best`` is what would be fine."""

    form: str
    worded: bool
    most: float
    best: float
    floor: str

    @property
    def name(self) -> str:
        return f"{ANSWERS:,} answers{', a fifth sealed words' * self.worded}: {self.form}"


BY_HAND, BY_LIBRARY = "sqlite3 and csv, nothing opened", "sqlite3 and XlsxWriter, nothing opened"
GOALS = (
    Goal("csv", False, 1.5, 1.0, BY_HAND),
    Goal("csv", True, 3.0, 2.0, BY_HAND),
    Goal("xlsx", False, 0.5, 0.3, BY_LIBRARY),
    Goal("xlsx", True, 0.5, 0.3, BY_LIBRARY),
)


class Taken(NamedTuple):
    """What it took, and MiB more than before."""

    spent: Spent
    memory: float


def peak() -> float:
    """The most memory that this process ever had, in MiB; getrusage would tell of the one that started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


def measured(work: Callable[[], object]) -> Taken:
    """What ``work`` takes in this process."""
    before = peak()
    return Taken(spent(work), peak() - before)


def run(who: str, form: str, folder: Path) -> Taken:
    """Write one file, by the export or by its floor."""
    database = open_database(f"sqlite:///{folder / 'many.db'}", [many_answers.KEY])

    def ours() -> None:
        found = take(database, Library(), Order(Filter("many")))
        assert found is not None
        with (folder / "ours").open("w+b") as file:
            make(found, form, file)

    floors = {"csv": many_answers.write_by_hand, "xlsx": many_answers.write_workbook}
    found = measured(ours if who == "ours" else lambda: floors[form](database, folder / "theirs"))
    database.close()
    return found


def _apart(who: str, form: str, folder: Path) -> Taken:
    command = [sys.executable, "-m", "tests.bench_exports", who, form, str(folder)]
    taken, memory = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Taken(Spent(*taken), memory)


def compare(goal: Goal, folder: Path) -> Row:
    """The medians of both, in alternating rounds, their ratio and the goal."""
    pairs = [
        (_apart("ours", goal.form, folder), _apart("floor", goal.form, folder))
        for _ in range(ROUNDS)
    ]
    ours, floor = (median([one.spent for one in column]) for column in zip(*pairs, strict=True))
    memory = statistics.median(one.memory for one, _ in pairs)
    note = f"best x{goal.best}; +{memory:.0f} MiB (at most +{MORE_MEMORY})"
    return Row(goal.name, ours, goal.floor, floor, goal.most, note=note)


def exports(table: Table) -> None:
    """All goals, over two collections."""
    for worded in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            many_answers.fill(Path(folder), ANSWERS, worded=worded).close()
            for goal in GOALS:
                if goal.worded == worded:
                    table.add(compare(goal, Path(folder)))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
    else:
        exports(Table())
