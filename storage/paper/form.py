"""A survey as a form to print: its consent with boxes, its questions with boxes and lines, and what leaves them out.

A pure matter: the same words give the same bytes. ``form.typ`` says how all of it looks. Nothing on it asks for a name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from flows import Flow, Question, phrasebook
from flows.language.piping import fill, plain_decimal
from storage.paper.conditions import Teller
from storage.paper.press import breakable, drawn, plain, printed

Paper = Literal["letter", "a4"]
LAYOUT = Path(__file__).with_name("form.typ")
BLOCKS = 3  # times that a repeat is printed
MOST_POINTS = 21
BLANK = "……"  # stands for an answer that a message would put in
LONGEST = 2000
FROM_THE_RIGHT = re.compile(r"[\u0590-\u08ff]")
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]*[0-9]")
LEFT = "\u200e"  # unseen: what follows is read from the left
Item = dict[str, Any]


@dataclass(frozen=True)
class Occasion:
    """The meeting that a form is printed for, as it stands at its head.

    ``send``: whom to text the code to; ``scan``: what the QR code holds; "" where there is no such way.
    """

    title: str
    where: str
    code: str
    send: str = ""
    scan: str = ""


def form(
    flow: Flow, language: str, occasion: Occasion | None = None, paper: Paper = "letter"
) -> bytes:
    """A PDF of the form; raises ``Unprintable`` if there is a letter that no font has."""
    book = phrasebook(language)
    listed = list(items(flow, language))
    told: dict[str, Any] = {
        "title": _line(flow.say(flow.title, language)),
        "contact": _line(flow.say(flow.contact, language)),
        "free": book.phrases["paper_free"],
        "consent": _text(flow.say(flow.consent.label, language)),
        "yes": book.phrases["yes"],
        "no": book.phrases["no"],
        "date": book.phrases["paper_date"],
        "closing": _text(flow.say(flow.closing, language)),
        "items": listed,
        "occasion": _occasion(occasion, language) if occasion else None,
        "paper": paper,
    }
    return printed(LAYOUT.read_bytes(), told, list(_texts(told)), language, "pdf")


def items(flow: Flow, language: str) -> Iterator[Item]:
    """What stands on the form, in order: questions, what is said between them, and who leaves which out."""
    numbers = numbered(flow)
    teller = Teller(flow, language, numbers)
    for repeat, questions in flow.blocks:
        if not repeat:
            yield from _run(teller, questions, numbers)
            continue
        *inside, again = questions
        lead = _text(flow.say(again.label, language))
        yield from _only(teller, again, numbers, _behind(flow, again, numbers))
        for time in range(1, min(again.max, BLOCKS) + 1):
            yield {"kind": "time", "number": str(time), "label": lead if time > 1 else ""}
            yield from _run(teller, tuple(inside), numbers, around=again)
        yield {"kind": "note", "label": phrasebook(language).phrases["paper_more"]}


def numbered(flow: Flow) -> Mapping[str, int]:
    """The number that each question has on the form."""
    asked = (one for one in flow.questions if one.asks and one.type != "repeat")
    return {one.id: number for number, one in enumerate(asked, 1)}


def _run(
    teller: Teller,
    questions: tuple[Question, ...],
    numbers: Mapping[str, int],
    around: Question | None = None,
) -> Iterator[Item]:
    """Questions one after the other; those that rest on one condition have it said once, before them."""
    outer = around.shown_if.source if around and around.shown_if else ""
    spoken = [one for one in questions if one.type != "calculate"]
    for source, run in groupby(spoken, lambda one: one.shown_if.source if one.shown_if else ""):
        together = list(run)
        if source and source != outer:
            after = _behind(teller.flow, together[-1], numbers)
            yield from _only(teller, together[0], numbers, after)
        for one in together:
            yield _item(teller, one, numbers)


def _only(
    teller: Teller, question: Question, numbers: Mapping[str, int], after: int | None
) -> Iterator[Item]:
    """Who answers what follows, and where all others go on."""
    if question.shown_if is None:
        return
    said = teller.told(question.shown_if.source)
    if said and after is not None:
        book = phrasebook(teller.language)
        told = book.say("paper_only", condition=said, number=str(after))
    else:
        told = teller.only(question)
    yield {"kind": "only", "label": told}


def _behind(flow: Flow, question: Question, numbers: Mapping[str, int]) -> int | None:
    """The number of the first question behind this one; None at the end."""
    rest = flow.questions[flow.position(question.id) + 1 :]
    return next((numbers[one.id] for one in rest if one.id in numbers), None)


def _item(teller: Teller, question: Question, numbers: Mapping[str, int]) -> Item:
    flow, language, book = teller.flow, teller.language, phrasebook(teller.language)
    label = _text(flow.say(question.label, language))
    if not question.asks:
        return {"kind": "note", "label": label}
    way, choices = _way(question), _choices(flow, question, language)
    how = {"one": "paper_one", "many": "paper_many", "media": "paper_media"}.get(way, "")
    short = question.type in ("consent", "range")
    return {
        "kind": "ask",
        "number": str(numbers[question.id]),
        "label": label,
        "hint": _text(flow.say(question.hint, language)),
        "purpose": _text(flow.say(question.purpose, language)),
        "way": way,
        "how": "" if not how or short else book.phrases[how],
        "choices": choices,
        "row": short,
    }


def _way(question: Question) -> str:
    if question.type == "select_multiple":
        return "many"
    if question.choices or question.type == "consent":
        return "one"
    if question.type == "range":
        steps = (question.end - question.start) / question.step
        return "one" if steps < MOST_POINTS else "line"
    if question.type in ("date", "media"):
        return question.type
    if question.multiline:
        return "lines"
    return "text" if question.type == "text" else "line"


def _choices(flow: Flow, question: Question, language: str) -> list[str]:
    book = phrasebook(language)
    if question.type == "consent":
        return [book.phrases["yes"], book.phrases["no"]]
    if question.type == "range" and _way(question) == "one":
        steps = int((question.end - question.start) / question.step)
        return [plain_decimal(question.start + question.step * at) for at in range(steps + 1)]
    return [_text(flow.say(choice.label, language)) for choice in question.choices]


def _occasion(occasion: Occasion, language: str) -> dict[str, str]:
    book = phrasebook(language)
    send = book.say("poster_send", keyword=occasion.code, number=occasion.send)
    return {
        "title": _line(occasion.title),
        "where": _line(occasion.where),
        "code": occasion.code,
        "send": _line(send) if occasion.send else "",
        "scan": book.phrases["poster_scan"] if occasion.scan else "",
        "svg": drawn(occasion.scan) if occasion.scan else "",
        "holds": occasion.scan,
    }


def _text(text: str) -> str:
    """A text of the survey on paper: no answer is known that could stand in it."""
    return _line(fill(text, lambda _: BLANK if "|" not in text else None), LONGEST)


def _line(text: str, longest: int = 200) -> str:
    """One line; a number keeps its order also behind letters that are read from the right."""
    known = plain(text, longest)
    if FROM_THE_RIGHT.search(known):
        known = NUMBER.sub(f"{LEFT}\\g<0>{LEFT}", known)
    return breakable(known)


def _texts(told: Any) -> Iterator[str]:
    """All words that can be seen."""
    if isinstance(told, dict):
        hidden = ("svg", "holds", "kind", "way", "paper")
        for name, value in told.items():
            if name not in hidden:
                yield from _texts(value)
    elif isinstance(told, list):
        for one in told:
            yield from _texts(one)
    elif isinstance(told, str):
        yield told
