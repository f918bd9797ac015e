"""The choices sheet to the choices of questions: at the question, or shared where several use one list."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.xlsform.book import Row, Sheet
from flows.xlsform.carried import LISTS, OTHER
from flows.xlsform.desk import Desk, short
from flows.xlsform.names import choice_code
from flows.xlsform.survey import Entry, Languages, every, texts_of
from flows.xlsform.told import CHANGED, LEFT
from flows.xlsform.wording import split_words

LABELS = {"en": "Other", "es": "Otro", "fr": "Autre", "pt": "Outro"}
READ = ("list_name", "name", "label")
PICTURES = ("image", "big-image", "audio", "video")
OWN = "other"


@dataclass
class List:
    """One list of the form: its rows, and once it was read, its choices and their codes by the form's names."""

    rows: list[Row] = field(default_factory=list)
    choices: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


class Choices:
    """All lists of a form; ``shared`` gathers those that more than one question uses."""

    def __init__(
        self, sheet: Sheet, languages: Languages, entries: list[Entry], desk: Desk
    ) -> None:
        self.languages, self.desk = languages, desk
        self.lists: dict[str, List] = {}
        self.shared: dict[str, dict[str, Any]] = {}
        self.once: dict[str, List] = {}
        used = Counter(entry.list_name for entry in every(entries) if not entry.or_other)
        ours = split_words(desk.carried.said("", LISTS))
        self.common = set(ours) or {name for name, times in used.items() if times > 1}
        self.others = {
            desk.carried.said(entry.name, "of"): entry
            for entry in every(entries)
            if desk.carried.role(entry.name) == OTHER
        }
        for row in sheet.rows:
            self.gather(row)
        for name in ours:  # also those that no question uses
            self.share(name)

    def gather(self, row: Row) -> None:
        cells, _ = texts_of(row, self.languages)
        name = cells.get("list_name", "")
        if not name or not cells.get("name"):
            message = "a choice without its list or its name"
            self.desk.ledger.add(LEFT, f"choices row {row.number}", message, "Fill both columns.")
            return
        for key in cells:
            if key not in READ:
                message = "columns of the choices that mean nothing here; all choices are shown"
                self.desk.ledger.again(LEFT, "choices", key, message)
        self.lists.setdefault(name, List()).rows.append(row)

    def of(self, entry: Entry) -> tuple[Any, Mapping[str, str]]:
        """What stands under ``choices`` at a question, and its codes by the form's names; None for no such list."""
        if entry.list_name not in self.lists:
            return None, {}
        if entry.list_name in self.common and not entry.or_other:
            return self.title(entry.list_name), self.share(entry.list_name).codes
        found = self.read(entry.list_name)
        if entry.or_other:
            self.add_other(found)
        return found.choices, found.codes

    def share(self, name: str) -> List:
        if name not in self.once:
            self.once[name] = self.read(name)
        found = self.once[name]
        if found.choices:
            self.shared[self.title(name)] = found.choices
        return found

    def title(self, name: str) -> str:
        """The name of a list in the flow, where the form had to change it."""
        return self.desk.carried.said(name, "list") or name

    def read(self, name: str) -> List:
        """A list anew: what one question adds to it is its own."""
        kept = self.lists.get(name, List())
        found = List(kept.rows)
        for row in kept.rows:
            self.add(name, row, found)
        kept.codes = found.codes
        return found

    def add(self, name: str, row: Row, found: List) -> None:
        cells, texts = texts_of(row, self.languages)
        raw, where = cells["name"], f"choices row {row.number}"
        code = choice_code(raw, found.choices)
        ledger = self.desk.ledger
        if code != raw:
            message = "names of choices that cannot be codes, or stand twice; conditions follow"
            ledger.again(CHANGED, "choices, name", f"{raw} → {code}", message)
        for key in PICTURES:
            if key in texts:
                ledger.again(LEFT, f"choices, {key}", str(row.number), "pictures of choices")
        label = dict(self.label(f"{name}/{raw}", texts.get("label", {}), where))
        if not label:
            label = {self.desk.source: raw}
            message = f"it has no label; it shows “{raw}”"
            ledger.add(CHANGED, where, message, "Write a label.")
        found.codes.setdefault(raw, code)
        found.choices[code] = self.choice(f"{name}/{raw}", label)

    def label(self, about: str, cells: Mapping[str, str], where: str) -> Iterable[tuple[str, str]]:
        found = dict(self.labels(about, cells, where))
        return self.desk.with_source(found, where).items()

    def labels(self, about: str, cells: Mapping[str, str], where: str) -> Iterator[tuple[str, str]]:
        for language in self.desk.languages:
            cell = cells.get(language, "")
            ours = self.desk.carried.original(about, "label", cell, language)
            if ours is not None:
                yield language, ours
            elif words := self.desk.words(cell, where, pipes=False):
                yield language, words

    def choice(self, about: str, label: Mapping[str, str]) -> Any:
        """A choice with all that travelled on the sheet beside the form."""
        carried, source = self.desk.carried, self.desk.source
        found: dict[str, Any] = {"label": short(label, source)}
        if accept := carried.by_language(about, "accept"):
            found["accept"] = {code: split_words(words) for code, words in accept.items()}
        if about in self.others and carried.said(about, OWN) != "true":
            found["other"] = short(self.desk.label(self.others[about]), source) or "true"
        elif carried.said(about, OWN):
            found["other"] = "true"
        if theme := carried.said(about, "theme"):
            found["theme"] = theme
        return found if len(found) > 1 else found["label"]

    def add_other(self, found: List) -> None:
        """``or_other``: the choice for words of one's own that XLSForm adds by itself."""
        source = self.desk.source
        label = {code: LABELS[code] for code in self.desk.languages if code in LABELS}
        label.setdefault(source, LABELS["en"])
        code = found.codes.get(OWN) or choice_code(OWN, found.choices)
        there = found.choices.get(code, short({source: label[source], **label}, source))
        is_long = isinstance(there, dict) and "label" in there
        found.choices[code] = {**there} if is_long else {"label": there}
        found.choices[code]["other"] = "true"
        found.codes.setdefault(OWN, code)
