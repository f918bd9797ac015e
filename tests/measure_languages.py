"""How well the language of a first message is told: ``python -m tests.measure_languages PATH`` prints the table.

PATH is a table of texts with the columns language, kind, split and text, tab-separated (and source, where it has one);
it is no part of this repository. Constants are tuned on its ``dev`` half, and what counts is the ``heldout`` half.
"""

import csv
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.tongues import detect

TEN = ("en", "es", "vi", "ko", "am", "zh", "fr", "ht", "ar", "pt")
KINDS = ("word", "pair", "short", "sentence", "greeting")
# Profiles were learned from these declarations: their own sentences would flatter them.
LEARNED_FROM = {("ht", "udhr")}


@dataclass
class Cell:
    """How texts of one kind fared: all, those asked about, those rightly told."""

    texts: int = 0
    asked: int = 0
    right: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.texts + other.texts, self.asked + other.asked, self.right + other.right)

    @property
    def told(self) -> int:
        return self.texts - self.asked


Row = dict[str, str]
Table = dict[tuple[str, str], Cell]


def rows(path: Path, split: str) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["split"] == split and (row["language"], row.get("source")) not in LEARNED_FROM:
                yield row


def measured(texts: Iterable[Row], offered: Sequence[str]) -> Table:
    table: Table = {}
    for row in texts:
        heard = detect(row["text"], offered).language
        cell = Cell(1, heard is None, heard == row["language"])
        at = row["language"], row["kind"]
        table[at] = table.get(at, Cell()) + cell
    return table


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f}" if whole else "    -"


def shown(cell: Cell, *, offered: bool) -> str:
    """Right of those told and asked of all; for a language that is not offered, wrongly told of all."""
    if offered:
        return f"{share(cell.right, cell.told)} {share(cell.asked, cell.texts)}"
    return f"{share(cell.told, cell.texts)}      "


def report(title: str, table: Table, offered: Sequence[str]) -> None:
    print(f"\n{title}: right when it answers, asks (not offered: starts wrongly), in %")
    print(" " * 12 + "".join(f"{kind:>15}" for kind in KINDS))
    languages = sorted({language for language, _ in table})
    mine = [one for one in offered if one in languages]
    others = [one for one in languages if one not in offered]
    groups = [*([one] for one in mine), mine, *([one] for one in others), others]
    for group in groups:
        cells = [sum((table.get((one, kind), Cell()) for one in group), Cell()) for kind in KINDS]
        known = bool(set(group) & set(mine))
        name = group[0] if len(group) == 1 else f"{'offered' if known else 'others'} ({len(group)})"
        print(f"{name:12}" + "".join(f"{shown(cell, offered=known):>15}" for cell in cells))


def timed(texts: Sequence[Row]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    detect("the first one loads the profiles", TEN)
    first = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    start = time.process_time()
    for row in texts:
        detect(row["text"], TEN)
    each = (time.process_time() - start) / len(texts)
    print(
        f"the first text {first:.2f} s and {grown / 1024:.0f} MB, then {each * 1000:.2f} ms a text"
    )


def main(path: Path) -> None:
    timed(list(rows(path, "heldout")))
    for split in ("dev", "heldout"):
        texts = list(rows(path, split))
        for offered in (TEN, ("en", "es")):
            report(f"{split}, {' '.join(offered)} offered", measured(texts, offered), offered)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
