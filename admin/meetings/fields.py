"""The questions of a survey as fields of a page: what is asked at each place, and what stands there.

What an answer means is not decided here: a field holds what the person would have typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import lazy_gettext

from flows import Flow, Question, Slot, parts_of, phrasebook
from flows.language.piping import plain_decimal
from flows.talking import sitting
from flows.talking.sitting import Fault, Sheet, Written, Wrong
from storage.paper.conditions import Teller
from storage.paper.form import numbered

ANSWER, KEPT = (
    "a:",
    "k:",
)  # what the names of fields begin with: an answer, and that it is kept as it stands
MOST_POINTS = 11
MOST_LETTERS = 20_000
FAULTS = {
    Fault.REQUIRED: lazy_gettext("The survey needs an answer here."),
    Fault.UNREAD: lazy_gettext("This cannot be read as an answer to this question."),
    Fault.REFUSED: lazy_gettext("This answer is not possible here."),
}
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Field:
    """One question at its place. ``way``: how it is answered; ``options``: value and label of what can be chosen.

    ``number`` is the one it has on the printed form, and ``only`` says by such numbers who is asked it.
    """

    slot: Slot
    way: str
    label: str
    hint: str
    time: int
    options: tuple[tuple[str, str], ...]
    given: tuple[str, ...]
    shown: bool
    fault: str
    kept: bool
    number: str = ""
    only: str = ""

    @property
    def id(self) -> str:
        """Its name in a page."""
        return self.slot.replace("/", "-")


def sent() -> dict[str, list[str]]:
    """What a form holds, as it was sent."""
    names = [name for name in request.form if name != "csrf_token"]
    return {
        name: [value.replace("\0", "")[:MOST_LETTERS] for value in request.form.getlist(name)]
        for name in names
    }


def one(fields: Fields, name: str) -> str:
    """The first value of a field; "" where there is none."""
    return next(iter(fields.get(name, ())), "")


def written(flow: Flow, fields: Fields) -> dict[Slot, Written]:
    """What stands on the sheet, by slot."""
    return {
        slot: Written(joined(fields.get(f"{ANSWER}{slot}", ())), bool(fields.get(f"{KEPT}{slot}")))
        for slot in sitting.slots(flow)
        if f"{ANSWER}{slot}" in fields or f"{KEPT}{slot}" in fields
    }


def joined(values: Iterable[str]) -> str:
    """Several choices as a person types them: "1 3"."""
    return " ".join(value.replace("\r\n", "\n") for value in values if value)


def fields_of(
    flow: Flow,
    language: str,
    sheet: Sheet,
    labels: Mapping[Slot, str],
    typed: Fields,
    *,
    told: bool,
) -> list[Field]:
    """Every place of the sheet in order; ``told``: what is wrong is said."""
    wrong = sheet.wrong if told else {}
    teller = Teller(flow, language, numbered(flow))
    return [
        _printed(
            teller, field_at(flow, language, slot, labels[slot], typed, shown, wrong.get(slot))
        )
        for slot in sitting.slots(flow)
        for shown in (_shown(flow, slot, sheet),)
    ]


def _printed(teller: Teller, field: Field) -> Field:
    """A field with what the form on paper says of its question."""
    question = teller.flow.by_id[parts_of(field.slot)[0]]
    number = str(teller.numbers.get(question.id, ""))
    return replace(field, number=number, only=teller.only(question))


def _shown(flow: Flow, slot: Slot, sheet: Sheet) -> bool:
    """Whether a question is on the way; a note is where the engine would say it."""
    return slot in sheet.relevant or slot in sheet.notes


def field_at(
    flow: Flow,
    language: str,
    slot: Slot,
    label: str,
    typed: Fields,
    shown: bool,
    wrong: Wrong | None = None,
) -> Field:
    """One question as a field."""
    name, instance = parts_of(slot)
    question = flow.by_id[name]
    fault = (wrong.message or str(FAULTS[wrong.fault])) if wrong else ""
    return Field(
        slot=slot,
        way=way_of(question),
        label=label,
        hint=flow.say(question.hint, language),
        time=instance,
        options=tuple(options(flow, question, language)),
        given=tuple(typed.get(f"{ANSWER}{slot}", ())),
        shown=shown,
        fault=fault,
        kept=bool(typed.get(f"{KEPT}{slot}")),
    )


def way_of(question: Question) -> str:
    """How a question is answered on a page: one of a few, several, a date, lines, a line, or not at all."""
    if question.type == "note":
        return "note"
    if question.type == "media":
        return "media"
    if question.type == "select_multiple":
        return "many"
    if question.choices or question.type in ("consent", "repeat") or _points(question):
        return "one"
    if question.type == "date":
        return "date"
    return "lines" if question.multiline else "line"


def options(flow: Flow, question: Question, language: str) -> Iterable[tuple[str, str]]:
    """What can be chosen, by what is typed for it."""
    book = phrasebook(language)
    if question.type in ("consent", "repeat"):
        return (("1", book.phrases["yes"]), ("2", book.phrases["no"]))
    if question.choices:
        listed = enumerate(question.choices, 1)
        return ((str(number), flow.say(choice.label, language)) for number, choice in listed)
    return ((point, point) for point in _points(question))


def _points(question: Question) -> list[str]:
    """The points of a short scale."""
    if question.type != "range":
        return []
    steps = int((question.end - question.start) / question.step)
    points = [question.start + question.step * step for step in range(steps + 1)]
    return [plain_decimal(point) for point in points] if len(points) <= MOST_POINTS else []
