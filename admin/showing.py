"""What the pages show of interviews and answers: plain text, made ready here so that templates only place it.

Nothing is escaped here: the templates do it. Nothing is read here either.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.interface import tongue_of
from admin.words import CHANNELS, STATUSES, language_name
from flows import CONSENT, Answer, Flow, Question, Status, parts_of, show, slot_of
from flows import Given as How
from storage.reaching import asked_in
from storage.testimonies import Given, Listed, Testimony
from storage.veils import BLOCKS

SHORT_HASH = 12
AGREED = Question(CONSENT, "consent", {"en": "Consent to take part"})
ENDINGS = {
    Status.COMPLETE: lazy_gettext("All questions are done"),
    Status.DECLINED: lazy_gettext("Did not agree to take part"),
    Status.WITHDRAWN: lazy_gettext("Left by STOP"),
    Status.EXPIRED: lazy_gettext("Closed after a long silence"),
    Status.ERASED: lazy_gettext("Erased by the person"),
}


@dataclass(frozen=True)
class Head:
    """One interview as lists and headings name it."""

    listed: Listed
    title: str
    status: str
    language: str
    channel: str
    place: str

    @property
    def version(self) -> str:
        return self.listed.version[:SHORT_HASH]


@dataclass(frozen=True)
class ShownAnswer:
    """One answer under its question; several ``texts`` are several choices."""

    label: str
    texts: tuple[str, ...]
    language: str
    refused: bool
    as_written: bool
    unfinished: bool
    closed: bool
    id: int = 0
    lost: bool = False  # no file of it could be kept
    hidden: bool = False  # how the person can be reached: shown to who says why


def head(listed: Listed, flow: Flow) -> Head:
    """A list's row or a page's heading, in the language of the page where the flow speaks it."""
    return Head(
        listed=listed,
        title=flow.say(flow.title, tongue_of(flow)),
        status=str(STATUSES[Status(listed.status)]),
        language=language_name(listed.language),
        channel=str(CHANNELS.get(listed.channel, listed.channel)),
        place=_place(listed, flow),
    )


def _place(listed: Listed, flow: Flow) -> str:
    """Where an interview stands: the question that waits, or how it ended."""
    status = Status(listed.status)
    if status in ENDINGS:
        return str(ENDINGS[status])
    if listed.language is None:
        return _("Choosing a language")
    return label_of(flow, listed.asked or "", tongue_of(flow))


def label_of(flow: Flow, question_id: str, language: str) -> str:
    """A question's label; the id when the flow does not have it."""
    if question_id == CONSENT:
        return _("Consent to take part")
    name, instance = parts_of(question_id)
    question = flow.by_id.get(name)
    label = flow.say(question.label, language) if question else name
    return f"{label or name} ({instance})" if instance else label or name


def answers(testimony: Testimony, language: str, *, aside: bool) -> list[ShownAnswer]:
    """The answers that count, or those set aside, with labels in ``language``.

    One whose files were lost stands with those that count, and says so: its question is open, not irrelevant.
    """
    flow = testimony.flow
    return [
        _shown(flow, one, language)
        for one in testimony.answers
        if (one.aside and one.answer.given is not How.LOST) is aside
    ]


def _shown(flow: Flow, given: Given, language: str) -> ShownAnswer:
    answer = given.answer
    closed = answer.value is not None
    texts = tuple(_texts(flow, given.question, answer, language))
    return ShownAnswer(
        label=label_of(flow, slot_of(given.question, given.instance), language),
        texts=texts,
        language=language if closed else answer.language,
        refused=answer.given is How.REFUSED,
        as_written=answer.given is How.KEPT,
        unfinished=answer.given is How.OPEN,
        closed=closed,
        id=given.id,
        lost=answer.given is How.LOST,
        hidden=given.question in asked_in(flow) and answer.words == BLOCKS,
    )


def _texts(flow: Flow, question_id: str, answer: Answer, language: str) -> Iterator[str]:
    """The answer as people read it. Choices come one by one, because labels have commas of their own."""
    if answer.value is None:
        if answer.words:
            yield answer.words
        return
    question = AGREED if question_id == CONSENT else flow.by_id.get(question_id)
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    for value in values:
        yield (show(flow, question, value, language) if question else "") or str(value)
