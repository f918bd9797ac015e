"""One turn as it is spoken: the interview as it moves, and what is said meanwhile.

It knows how to ask and how to say; which of the two, and when, is decided in ``engine``.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError

from flows.expressions import Facts
from flows.folding import fold
from flows.interview import Answer, Interview, Reply, State, Turn, facts
from flows.model import CONSENT, NO, YES, Flow, Question
from flows.phrases import Phrasebook, phrasebook
from flows.piping import fill, show


@dataclass
class Talk:
    """The interview as it moves during one turn, and what is said meanwhile."""

    interview: Interview
    today: date
    said: list[str] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    changed: list[str] = field(default_factory=list)

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
    def question(self) -> Question:
        return self.flow.by_id[self.state.asked or ""]

    def facts(self) -> tuple[Facts, frozenset[str]]:
        return facts(self.flow, self.interview.answers, self.today)

    def move(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.interview = replace(self.interview, state=state)

    def give(self, question_id: str, answer: Answer) -> None:
        given = replace(answer, language=self.language)
        answers = {**self.interview.answers, question_id: given}
        self.interview = replace(self.interview, answers=answers)
        self.changed.append(question_id)

    def say(self, phrase: str, *, again: bool = False, **values: str) -> None:
        self.said.append(self.book.say(phrase, **values))
        if again:
            self.ask()

    def tell(self, text: str) -> None:
        """Say a text of the flow, its pipes filled."""
        if text:
            self.said.append(fill(text, self.shown))

    def shown(self, question_id: str) -> str | None:
        question = self.flow.by_id.get(question_id)
        value = self.facts()[0].values.get(question_id)
        if question is None or value is None:
            return None
        return show(self.flow, question, value, self.language)

    def ask(self, *, hint: bool = False) -> "Talk":
        """Say what waits for an answer: the languages, the consent or the question."""
        if self.state.choosing:
            self.said.append(language_menu(self.flow))
            self.choices = tuple(language_name(name) for name in self.flow.languages)
        elif self.state.asked == CONSENT:
            self.tell(self.flow.say(self.flow.consent.label, self.language))
            self.said.append("\n".join([self.yes_or_no(), *self.other_languages()]))
        else:
            self.ask_question(hint=hint)
        return self

    def ask_question(self, *, hint: bool) -> None:
        question = self.question
        self.tell(self.flow.say(question.label, self.language))
        if hint:
            self.tell(self.flow.say(question.hint, self.language))
        if question.type == "consent":
            self.said.append(self.yes_or_no())
        elif question.choices:
            labels = [self.flow.say(choice.label, self.language) for choice in question.choices]
            many = question.type == "select_multiple"
            listed = [f"{number}. {label}" for number, label in enumerate(labels, 1)]
            self.said.append(
                "\n".join([*listed, self.book.say(f"choose_{'many' if many else 'one'}")])
            )
            self.choices = () if many else tuple(labels)

    def yes_or_no(self) -> str:
        self.choices = (self.book.phrases[YES], self.book.phrases[NO])
        return "\n".join(f"{number}. {label}" for number, label in enumerate(self.choices, 1))

    def other_languages(self) -> list[str]:
        """For each other language, a line in it that says how to get to it."""
        return [
            phrasebook(code).say("other_language", name=language_name(code))
            for code in self.flow.languages
            if code != self.language
        ]

    def turn(self) -> Turn:
        reply = Reply("\n\n".join(self.said), self.choices)
        aside: frozenset[str] = frozenset()
        if self.changed:
            aside = frozenset(self.interview.answers) - self.facts()[1] - {CONSENT}
        return Turn(self.interview, reply, tuple(self.changed), aside)


@lru_cache(maxsize=256)
def language_name(code: str, language: str | None = None) -> str:
    """A language's own name ("Español" for "es"), or its name in ``language``; the code if unknown."""
    try:
        name = Locale.parse(code).get_display_name(language or code)
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language_menu(flow: Flow) -> str:
    """The title and how to choose, once in each language of the flow."""
    lines = []
    for number, code in enumerate(flow.languages, 1):
        values = {"name": language_name(code), "number": str(number)}
        choose = phrasebook(code).say("choose_language", **values)
        lines.append(f"{flow.say(flow.title, code)}\n{choose}")
    return "\n\n".join(lines)


def language_words(flow: Flow, code: str) -> frozenset[str]:
    """The folded words that choose a language: its code, its own name, its English name, the title."""
    words = (code, language_name(code), language_name(code, "en"), flow.title.get(code, ""))
    return frozenset(fold(word) for word in words if word)
