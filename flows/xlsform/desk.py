"""What an import knows as it goes down the survey: the questions so far, and what has to be told.

Every text and every condition of a form goes through here, so that each is either carried over or listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.language.expressions import INSIDE, Known
from flows.language.model import Path
from flows.xlsform.carried import Carried
from flows.xlsform.meaning import Meaning
from flows.xlsform.names import question_id
from flows.xlsform.pieces import NotCarried
from flows.xlsform.survey import Entry
from flows.xlsform.told import CHANGED, LEFT, WRITE, Ledger
from flows.xlsform.wording import from_form, plain

WITHOUT = {
    "relevant": "asked of everyone",
    "constraint": "every answer is taken",
    "calculation": "nothing is calculated",
}
EARLIER = "Only answers that are given before can stand in a text; a choice's label takes none."


@dataclass
class Desk:
    """``names`` are the questions so far by the form's names, ``scope`` what conditions may know of them."""

    languages: list[str]
    ledger: Ledger
    carried: Carried
    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    scope: dict[str, Known] = field(default_factory=dict)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    days: set[str] = field(default_factory=set)
    repeat: str = ""
    remarks: dict[Path, str] = field(default_factory=dict)
    declined: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def source(self) -> str:
        return self.languages[0]

    def write_own(self, path: Path, where: str, what: str) -> None:
        """A placeholder that the organizer has to replace: a comment in the YAML, a line in the list."""
        self.remarks[path] = f"write your own: {what}"
        self.ledger.add(WRITE, where, what)

    def id_of(self, entry: Entry) -> str:
        """A free id for an entry, listed where it is not the form's name."""
        name = self.carried.original(entry.name, "name", entry.name) or entry.name
        wanted = name or next(iter(entry.texts.get("label", {}).values()), "")
        found = question_id(wanted, self.taken)
        if found != name:
            shown = f"{entry.name or f'(row {entry.number})'} → {found}"
            message = "names that a flow cannot have; conditions and texts follow"
            self.ledger.again(CHANGED, "survey, name", shown, message)
        self.taken.add(found)
        return found

    def label(self, entry: Entry) -> dict[str, str]:
        return self.text(entry, "label")

    def text(self, entry: Entry, key: str) -> dict[str, str]:
        """A text of an entry by language; what is missing in the source language is told."""
        found: dict[str, str] = {}
        cells = entry.texts.get(key, {})
        for language in self.languages:
            cell = cells.get(language, "")
            ours = self.carried.original(entry.name, key, cell, language)
            if ours is not None:
                found[language] = ours
            elif words := self.words(cell, entry.where(key)):
                found[language] = words
        return self.with_source(found, entry.where(key))

    def words(self, cell: str, where: str, *, pipes: bool = True) -> str:
        """One text of a form in the flow's way."""
        text = cell.strip() if self.carried.is_ours else plain(cell)
        if text != cell.strip():
            message = "marks such as <b> and **, which text messages do not know"
            self.ledger.again(CHANGED, "texts", where, message)
        return from_form(
            text, lambda name: self.piped(name, where) if pipes else self.no_pipe(name, where)
        )

    def with_source(self, found: dict[str, str], where: str) -> dict[str, str]:
        """A text needs its source language: another language stands in for it."""
        if found and not found.get(self.source, "").strip():
            other = next((code for code, words in found.items() if words.strip()), "")
            if not other:
                return {}
            message = f"there is no text in {self.source}; the one in {other} stands in for it"
            self.ledger.add(CHANGED, where, message, f"Write it in {self.source}.")
            found = {
                self.source: found[other],
                **{c: w for c, w in found.items() if c != self.source},
            }
        return found

    def piped(self, name: str, where: str) -> str:
        """The question that a text may show the answer to; "" when it cannot, which is told."""
        found = self.names.get(name, "")
        known = self.scope.get(found)
        if found and found == self.repeat:
            return found
        if known is None or known.kind == INSIDE:
            return self.no_pipe(name, where)
        return found

    def no_pipe(self, name: str, where: str) -> str:
        message = f"${{{name}}} cannot stand in this text; it shows “...” instead"
        self.ledger.add(LEFT, where, message, EARLIER)
        return ""

    def meaning(self, own: str = "") -> Meaning:
        return Meaning(self.scope, self.names, self.codes, self.settled, frozenset(self.days), own)

    def expression(self, entry: Entry, key: str, own: str = "") -> str | bool | None:
        """A condition or calculation in the flow's words, True or False where it is settled; None for none."""
        cell = entry.cells.get(key, "")
        ours = self.carried.original(entry.name, key, cell)
        if ours is not None or not cell:
            return ours
        meaning = self.meaning(own)
        try:
            found = meaning.calculation(cell) if key == "calculation" else meaning.condition(cell)
        except NotCarried as error:
            shown = " ".join(cell.split())
            message = f"{WITHOUT[key]}, because of “{shown}”: {error.message}"
            self.ledger.add(LEFT, entry.where(key), message, error.cure)
            return None
        if self.carried.was_edited(entry.name, key):
            self.ledger.add(CHANGED, entry.where(key), f"it was edited, and now says: {found}")
        return found


def short(text: Mapping[str, str], source: str) -> Any:
    """A text in one language needs no map."""
    return text[source] if set(text) == {source} else dict(text)
