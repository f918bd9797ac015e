"""The sheet “testimony” of a form that was made of a flow: everything that XLSForm has no word for.

Each row is about an item of the form (its name; ``list/code`` for a choice; blank for the whole flow) and says one key
of it. Where a cell of the form only comes near to what the flow says, the row holds what the flow says and what the
cell said then: as long as the cell still says that, the flow's own words hold; once it was edited, the cell holds.
pyxform and Kobo leave a sheet alone that they do not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows.xlsform.book import Sheet

SHEET = "testimony"
ABOUT, KEY, LANGUAGE, VALUE, CELL = "about", "key", "language", "value", "in the form"
HEADINGS = (ABOUT, KEY, LANGUAGE, VALUE, CELL)
# the keys that are cells of the form too
CELLS = frozenset({"type", "name", "label", "hint", "relevant", "constraint", "constraint_message"})
CELLS |= {"calculation", "form_title"}
ROLE = "role"  # what a row of the survey is that the flow does not have as a question
WRAPPER, OTHER, CONSENT, DECLINED, CLOSING = "wrapper", "other", "consent", "declined", "closing"
# keys of a flow, and of a question, that are one word and have no cell of their own
HEAD = ("country", "timezone", "unlisted", "expires")
SINGLE = ("sensitive", "attempts", "then", "theme", "report", "scope", "max")
LISTS = "choice_lists"  # the lists that questions share


@dataclass
class Carried:
    """What the sheet says; empty for a form that was not made of a flow."""

    is_ours: bool = False
    extras: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)

    def said(self, about: str, key: str) -> str:
        return self.extras.get(about, {}).get(key, {}).get("", "")

    def by_language(self, about: str, key: str) -> Mapping[str, str]:
        return self.extras.get(about, {}).get(key, {})

    def role(self, name: str) -> str:
        return self.said(name, ROLE)

    def original(self, about: str, key: str, cell: str, language: str = "") -> str | None:
        """What the flow says where the form's cell still says what it was made to say; else None."""
        value, said = self.cells.get((about, key, language), ("", "\0"))
        return value if said.strip() == cell.strip() else None

    def was_edited(self, about: str, key: str, language: str = "") -> bool:
        return (about, key, language) in self.cells


def read_carried(sheet: Sheet | None) -> Carried:
    if sheet is None or not sheet.rows:
        return Carried()
    carried = Carried(is_ours=True)
    for row in sheet.rows:
        about, key, language = (row.cells.get(one, "").strip() for one in (ABOUT, KEY, LANGUAGE))
        value = row.cells.get(VALUE, "")
        if key in CELLS:
            carried.cells[about, key, language] = (value, row.cells.get(CELL, ""))
        else:
            carried.extras.setdefault(about, {}).setdefault(key, {})[language] = value
    return carried


@dataclass
class Carrier:
    """The rows of the sheet as they are gathered."""

    rows: list[tuple[str, ...]] = field(default_factory=lambda: [HEADINGS])

    def note(self, about: str, key: str, value: str, language: str = "") -> None:
        self.rows.append((about, key, language, value, ""))

    def each(self, about: str, key: str, texts: Iterable[tuple[str, str]]) -> None:
        for language, value in texts:
            self.note(about, key, value, language)

    def cell(self, about: str, key: str, cell: str, value: str, language: str = "") -> None:
        self.rows.append((about, key, language, value, cell))
