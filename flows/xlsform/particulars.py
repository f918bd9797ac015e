"""What a row says of its question beside its type and its conditions: texts, whether it must be answered, the rest."""

from typing import Any

from flows.language.model import Path
from flows.xlsform import survey
from flows.xlsform.carried import SINGLE
from flows.xlsform.desk import Desk, short
from flows.xlsform.survey import Entry
from flows.xlsform.told import LEFT
from flows.xlsform.unlike import IGNORED

EXTRAS = ("purpose", "repeat")  # texts that travel beside the form
HANDLED = {"type", "name", "relevant", "constraint", "required", "calculation", "parameters"}
HANDLED |= {"repeat_count", "list_name", "label", "hint", "constraint_message", "appearance"}


def texts(desk: Desk, entry: Entry, kind: str, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    label = desk.label(entry)
    if not label and kind != "calculate":
        shown = entry.name or entry.kind
        label = {desk.source: shown}
        what = f"the question; it says “{shown}” now"
        desk.write_own((*path, "label"), entry.where("label"), what)
    if label:
        found["label"] = short(label, desk.source)
    for key in ("hint", "constraint_message"):
        if text := desk.text(entry, key):
            found[key] = short(text, desk.source)
    if kind == "note" and "hint" in found:
        message = "a note shows no hint; left out"
        desk.ledger.add(LEFT, entry.where("hint"), message, "Write it into the label.")
    for key in EXTRAS:
        if carried := desk.carried.by_language(entry.name, key):
            found[key] = short(carried, desk.source)
    return found


def required(desk: Desk, entry: Entry) -> dict[str, Any]:
    written = entry.cells.get("required", "").lower()
    if written in survey.YES:
        return {"required": "true"}
    if written not in survey.NO:
        message = "required under a condition; everyone may skip it"
        desk.ledger.add(LEFT, entry.where("required"), message, "Write yes, or nothing.")
    return {}


def carried(desk: Desk, entry: Entry) -> dict[str, Any]:
    said = {key: desk.carried.said(entry.name, key) for key in SINGLE}
    return {key: value for key, value in said.items() if value}


def ignored(desk: Desk, entry: Entry) -> None:
    """Every cell that meant something elsewhere, by its column."""
    cells = dict.fromkeys([*entry.cells, *entry.texts]).keys() - HANDLED
    shown = entry.cells.get("appearance", "").replace("multiline", "").strip()
    for key in sorted(cells | ({"appearance"} if shown else set())):
        if key.startswith("$"):
            desk.ledger.again(LEFT, "survey", key, "columns that Kobo keeps for itself")
            continue
        message, cure = IGNORED.get(key, ("means nothing in text messages", ""))
        desk.ledger.again(LEFT, f"survey, {key}", str(entry.number), message, cure)
