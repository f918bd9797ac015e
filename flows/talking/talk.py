"""One turn as it is spoken: the interview as it moves, and what is said meanwhile.

It knows how to ask and how to say; which of the two, and when, is decided in ``engine``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flows.language.expressions import Facts
from flows.language.model import CONSENT, NO, YES, Flow, Question, Slot, Text, parts_of
from flows.language.piping import fill, plain_decimal, show
from flows.phrases import Phrasebook, phrasebook
from flows.talking.discretion import warn
from flows.talking.interview import Answer, Given, Heard, Interview, Menu, Reply, State, Turn
from flows.talking.languages import language_menu, language_name, other_languages
from flows.talking.way import Way, way


@dataclass
class Talk:
    """The interview as it moves during one turn, and what is said meanwhile."""

    interview: Interview
    today: date
    said: list[str] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    share_place: str = ""
    changed: list[Slot] = field(default_factory=list)
    attention: str = ""
    heard: Heard = Heard.STEER
    belongs: Slot | None = None
    link: str = ""
    linked: bool = False
    likely: str | None = None  # a language, as long as none is chosen
    _way: Way | None = None

    @property
    def flow(self) -> Flow:
        return self.interview.flow

    @property
    def state(self) -> State:
        return self.interview.state

    @property
    def language(self) -> str:
        return self.interview.language

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    @property
    def slot(self) -> Slot:
        return self.state.asked or ""

    @property
    def question(self) -> Question:
        return self.flow.by_id[parts_of(self.slot)[0]]

    @property
    def answer(self) -> Answer | None:
        """What is kept already of the question that waits."""
        return self.interview.answers.get(self.slot)

    @property
    def way(self) -> Way:
        if self._way is None:
            self._way = way(self.flow, self.interview.answers, self.today)
        return self._way

    @property
    def facts(self) -> Facts:
        """What may be known at the question that waits."""
        step = self.way.by_slot.get(self.slot)
        return step.facts if step else self.way.facts

    def move(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.interview = replace(self.interview, state=state)

    def give(self, slot: Slot, answer: Answer) -> None:
        """Keep an answer. A story that was begun on another phone stays veiled when it goes on."""
        kept = self.interview.answers.get(slot)
        goes_on = kept is not None and kept.veiled and kept.given is Given.OPEN
        veiled = answer.veiled or (goes_on and answer.given is not Given.REFUSED)
        given = replace(answer, language=self.language, veiled=veiled)
        self.interview = replace(self.interview, answers={**self.interview.answers, slot: given})
        self.changed.append(slot)
        self._way = None

    def take(self, heard: Heard) -> None:
        """Say what the message is taken as; an answer belongs to the question that waits."""
        self.heard = heard
        self.belongs = self.slot if heard is Heard.ANSWER else None

    def say(self, phrase: str, *, again: bool = False, **values: str) -> None:
        self.said.append(self.book.say(phrase, **values))
        if again:
            self.ask()

    def tell(self, text: Text, facts: Facts | None = None) -> None:
        """Say a text of the flow, its pipes filled from ``facts``: those of the question that waits, unless given."""
        if spoken := self.filled(text, facts or self.facts):
            self.said.append(spoken)

    def filled(self, text: Text, facts: Facts) -> str:
        """A text of the flow in the interview's language, its pipes filled."""
        spoken = self.flow.say(text, self.language)
        return fill(spoken, lambda name: self.shown(name, facts))

    def shown(self, question_id: str, facts: Facts) -> str | None:
        question = self.flow.by_id.get(question_id)
        value = facts.values.get(question_id)
        if question is None or value is None or question_id in facts.veiled:
            return None
        return show(self.flow, question, value, self.language)

    def ask(self, *, hint: bool = False) -> "Talk":
        """Say what waits for an answer: the languages, the consent or the question."""
        if self.state.menu is Menu.LANGUAGES:
            self.said.append(language_menu(self.flow, self.likely or self.language))
            self.choices = tuple(language_name(name) for name in self.flow.languages)
        elif self.state.asked == CONSENT:
            self.tell(self.flow.consent.label)
            others = other_languages(self.flow, self.language)
            self.said.append("\n".join([self.yes_or_no(), *others]))
        else:
            self.ask_question(hint=hint)
        return self

    def ask_question(self, *, hint: bool) -> None:
        question = self.question
        if question.sensitive:
            self.interview, warning = warn(self.interview, self.link)
            self.linked |= bool(warning and self.link)
            self.said += warning
        for text in (question.label, question.purpose, question.hint if hint else {}):
            self.tell(text)
        self.share_place = ""
        if manner := MANNERS.get(question.type):
            self.said.append(manner(self, question))
        elif question.multiline:
            self.said.append(self.book.say("until_done"))

    def choose(self, question: Question) -> str:
        """The choices, numbered, and how to answer."""
        labels = [self.flow.say(choice.label, self.language) for choice in question.choices]
        many = question.type == "select_multiple"
        listed = [f"{number}. {label}" for number, label in enumerate(labels, 1)]
        self.choices = () if many else tuple(labels)
        return "\n".join([*listed, self.book.say(f"choose_{'many' if many else 'one'}")])

    def choose_number(self, question: Question) -> str:
        steps = int((question.end - question.start) / question.step)
        if steps < MOST_BUTTONS:
            points = (question.start + question.step * step for step in range(steps + 1))
            self.choices = tuple(plain_decimal(point) for point in points)
        return self.book.say("choose_range", **bounds(question))

    def choose_place(self, _: Question) -> str:
        self.share_place = self.book.phrases["share_location"]
        return self.book.phrases["choose_place"]

    def yes_or_no(self, _: Question | None = None) -> str:
        self.choices = (self.book.phrases[YES], self.book.phrases[NO])
        return "\n".join(f"{number}. {label}" for number, label in enumerate(self.choices, 1))

    def turn(self) -> Turn:
        """What came of it: what was calculated is kept like an answer."""
        if self.changed:
            self.calculate()
        reply = Reply("\n\n".join(self.said), self.choices, self.share_place) if self.said else None
        aside: frozenset[Slot] = frozenset()
        if self.changed:
            aside = self.way.aside(self.interview.answers)
        return Turn(
            self.interview,
            reply,
            tuple(self.changed),
            aside,
            self.attention,
            self.heard,
            self.belongs,
            self.linked,
        )

    def calculate(self) -> None:
        known = self.interview.answers
        for step in self.way.steps:
            if step.question.calculation is None or not step.relevant:
                continue
            value = step.question.calculation.value(step.facts)
            kept = known.get(step.slot)
            if value is not None and (kept is None or kept.value != value):
                veiled = step.question.id in step.facts.veiled
                self.give(step.slot, Answer(Given.ANSWERED, value, veiled=veiled))


MOST_BUTTONS = 11
MANNERS: Mapping[str, Callable[[Talk, Question], str]] = {
    "select_one": Talk.choose,
    "select_multiple": Talk.choose,
    "consent": Talk.yes_or_no,
    "repeat": Talk.yes_or_no,
    "range": Talk.choose_number,
    "geopoint": Talk.choose_place,
}


def bounds(question: Question) -> dict[str, str]:
    """The ends of a range as they are written in messages."""
    return {"start": plain_decimal(question.start), "end": plain_decimal(question.end)}
