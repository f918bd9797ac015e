"""The survey sheet to entries: what each row is, its groups and repeats around it, and its texts by language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.xlsform.book import Row, Sheet
from flows.xlsform.columns import TRANSLATED, column
from flows.xlsform.told import LEFT, FormError, Ledger

YES = ("yes", "true", "true()", "1")
MAX_DEPTH = 12  # groups within each other
NO = ("", "no", "false", "false()", "0")
_SELECT = re.compile(
    r"(?:add )?(?P<kind>select[_ ]?(?:one|1|multiple|all that apply)|rank)(?P<file>[_ ]from[_ ]file|[_ ]external)?"
    r"(?: prompt)?(?: using| from)? (?P<list>\S+)(?P<other> or[_ ]other| or specify other)?",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"(?P<edge>begin|end)[_ ](?P<kind>\S.*)", re.IGNORECASE)
REPEATS = ("repeat", "lgroup", "looped group")
Languages = Mapping[str, str]  # as a heading names it -> its code


@dataclass
class Entry:
    """A row of the survey: its kind in XLSForm's words, its cells, and for a group the entries within."""

    number: int
    kind: str
    name: str
    cells: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    list_name: str = ""
    or_other: bool = False
    inside: list["Entry"] = field(default_factory=list)

    def where(self, key: str = "") -> str:
        return f"survey row {self.number}{f', {key}' if key else ''}"

    @property
    def is_block(self) -> bool:
        return self.kind in ("group", "repeat")


def every(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Every entry, each group before what is in it."""
    for entry in entries:
        yield entry
        yield from every(entry.inside)


def texts_of(row: Row, languages: Languages) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The cells of a row by column, those that are translated by column and language."""
    cells: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    for heading, word in row.cells.items():
        key, written = column(heading)
        if key not in TRANSLATED:
            cells.setdefault(key, word.strip())
        elif code := languages.get(written):
            if written:  # a column that names its language goes before one that does not
                texts.setdefault(key, {})[code] = word.strip()
            else:
                texts.setdefault(key, {}).setdefault(code, word.strip())
    return cells, texts


def entries_of(sheet: Sheet, languages: Languages, ledger: Ledger) -> list[Entry]:
    """The rows in the order and depth of the form; what is not closed, or closes nothing, is told."""
    top: list[Entry] = []
    around: list[Entry] = []
    for row in sheet.rows:
        cells, texts = texts_of(row, languages)
        written = " ".join(cells.get("type", "").split())
        if cells.get("disabled", "").lower() in YES:
            ledger.again(LEFT, "survey, disabled", str(row.number), "rows that are turned off")
            continue
        if not written:
            said = ", ".join(sorted({*cells, *texts}))
            message = f"a row without a type (it says: {said})"
            ledger.add(LEFT, f"survey row {row.number}", message, "Give it a type, such as text.")
            continue
        block = _BLOCK.fullmatch(written)
        if block and block["edge"].lower() == "end":
            if around:
                around.pop()
            else:
                ledger.add(LEFT, f"survey row {row.number}", f"“{written}” ends nothing")
            continue
        entry = _entry(row.number, written, cells, texts, ledger)
        (around[-1].inside if around else top).append(entry)
        if block:
            around.append(entry)
        if len(around) > MAX_DEPTH:
            raise FormError("Groups lie too deeply within each other. Take some of them apart.")
    for entry in around:
        message = "it is never ended; it was taken to end with the sheet"
        ledger.add(LEFT, entry.where(), message, "Add a row of the type end_group or end_repeat.")
    return top


def _entry(
    number: int,
    written: str,
    cells: Mapping[str, str],
    texts: Mapping[str, Mapping[str, str]],
    ledger: Ledger,
) -> Entry:
    name = cells.get("name", "")
    if block := _BLOCK.fullmatch(written):
        kind = block["kind"].lower()
        if kind not in ("group", *REPEATS):
            message = f"“{written}” has no equivalent; its rows are asked as a plain group"
            ledger.add(LEFT, f"survey row {number}", message)
        return Entry(number, "repeat" if kind in REPEATS else "group", name, cells, texts)
    if chosen := _SELECT.fullmatch(written):
        kind = "select_multiple" if "l" in chosen["kind"][7:].lower() else "select_one"
        kind = "rank" if chosen["kind"].lower() == "rank" else kind
        kind = "from_file" if chosen["file"] else kind
        return Entry(
            number, kind, name, cells, texts, chosen["list"], or_other=bool(chosen["other"])
        )
    return Entry(number, written.lower().replace("_", " "), name, cells, texts)
