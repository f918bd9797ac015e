"""An XLSForm to a flow's YAML, with everything that did not go over as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from flows.notation.writing import written
from flows.xlsform.book import Sheet, read_book
from flows.xlsform.carried import SHEET, WRAPPER, Carried, read_carried
from flows.xlsform.choices import Choices
from flows.xlsform.columns import column
from flows.xlsform.desk import Desk
from flows.xlsform.heading import declined, head, take_closing, take_consent
from flows.xlsform.items import Items
from flows.xlsform.survey import Entry, Languages, entries_of, texts_of
from flows.xlsform.told import LEFT, FormError, Ledger, Told
from flows.xlsform.tongues import tongues

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
HEADED = {
    SURVEY: (frozenset({"type", "name"}), frozenset({"type", "label"})),
    CHOICES: tuple(frozenset({"list_name", name}) for name in ("name", "value", "label")),
    SETTINGS: (frozenset({"form_title"}), frozenset({"form_id"}), frozenset({"default_language"})),
    SHEET: (frozenset({"about", "key"}),),
}
USED = ("form_title", "form_id", "default_language")
OTHER_SHEETS = "Lists and tables of such sheets are not read; write them into the flow by hand."


@dataclass(frozen=True)
class Imported:
    """A flow's YAML, and what there is to tell about it. Whether it is a good flow, ``flows.examine`` says."""

    source: str
    told: tuple[Told, ...]


def import_form(data: bytes, name: str, language: str = "") -> Imported:
    """The flow that an XLSForm makes, under ``name``. ``language`` is that of columns which name none.

    Raises FormError when the bytes are no form.
    """
    sheets = read_book(data, HEADED)
    ledger = Ledger()
    survey = _survey(sheets)
    _astray(sheets, ledger)
    carried = read_carried(sheets.get(SHEET))
    settings = _settings(sheets.get(SETTINGS), ledger, carried)
    listed = sheets.get(CHOICES, Sheet(CHOICES))
    default = settings.get("default_language", "")
    codes, languages = tongues(survey, listed, default, language, carried, ledger)
    desk = Desk(languages, ledger, carried)
    entries = _unwrapped(entries_of(survey, codes, ledger), carried)
    choices = Choices(listed, codes, entries, desk)
    flow = _flow(name, settings, entries, choices, desk, codes)
    return Imported(written(flow, desk.remarks), ledger.all())


def _flow(
    name: str,
    settings: Mapping[str, str],
    entries: list[Entry],
    choices: Choices,
    desk: Desk,
    codes: Languages,
) -> dict[str, object]:
    flow = head(name, settings, desk)
    consent = take_consent(entries, desk, _labels(choices, codes, desk.source))
    questions = Items(desk, choices).all(entries)
    if not questions:
        raise FormError("There is no question in this form that a text message could ask.")
    flow["closing"] = take_closing(questions, desk)
    flow["consent"] = {**consent, "declined": declined(desk)}
    if choices.shared:
        flow["choice_lists"] = choices.shared
    return {**flow, "questions": questions}


def _labels(choices: Choices, codes: Languages, source: str) -> dict[str, dict[str, str]]:
    """Every list's choices by name, with what they say in the source language."""
    found: dict[str, dict[str, str]] = {}
    for name, one in choices.lists.items():
        for row in one.rows:
            cells, texts = texts_of(row, codes)
            found.setdefault(name, {})[cells["name"]] = texts.get("label", {}).get(source, "")
    return found


def _survey(sheets: Mapping[str, Sheet]) -> Sheet:
    if SURVEY not in sheets:
        close = get_close_matches(SURVEY, sheets, n=1)
        said = f" Is it “{sheets[close[0]].name}”? Rename it." if close else ""
        raise FormError(f"There is no sheet “survey” with the questions in this file.{said}")
    survey = sheets[SURVEY]
    if not any(column(heading)[0] == "type" for heading in survey.headings):
        raise FormError("The sheet “survey” has no column “type”. Its first row names the columns.")
    if not survey.rows:
        raise FormError("The sheet “survey” holds no questions.")
    return survey


def _astray(sheets: Mapping[str, Sheet], ledger: Ledger) -> None:
    for name, sheet in sheets.items():
        if name not in HEADED:
            ledger.again(LEFT, "sheets", sheet.name, "sheets that are not read", OTHER_SHEETS)
        for place in sheet.astray:
            message = "what stands under no heading of its own"
            ledger.again(LEFT, sheet.name, place, message)


def _settings(sheet: Sheet | None, ledger: Ledger, carried: Carried) -> dict[str, str]:
    if sheet is None or not sheet.rows:
        return {}
    cells, _ = texts_of(sheet.rows[0], {})
    for key in cells:
        if key not in USED and key != "name":
            ledger.again(LEFT, "settings", key, "settings that mean nothing here")
    for row in sheet.rows[1:]:
        ledger.again(LEFT, "settings", f"row {row.number}", "more than one row of settings")
    return cells


def _unwrapped(entries: list[Entry], carried: Carried) -> list[Entry]:
    """The entries without the group that an export puts around them all."""
    found: list[Entry] = []
    for entry in entries:
        found += entry.inside if carried.role(entry.name) == WRAPPER else [entry]
    return found
