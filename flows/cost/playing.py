"""A flow played to its end with a made-up contact, on the engine itself: what was sent and what was heard."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from flows.cost.people import YES, Asked, Contact, Voice
from flows.language.model import Flow, parts_of
from flows.phrases import phrasebook
from flows.talking.discretion import SMS
from flows.talking.engine import ask_again, begin, hear
from flows.talking.interview import Interview, Status, Turn
from flows.talking.moves import keyword

CLOSING, DECLINED = "closing", "declined"
PHOTO = ("photo",)
REFUSED = "Atlanta"
MOST_TURNS = 5000  # a way that comes back to where it was is left


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that was sent, and what it asks; ``behind`` is the interview as it stood then."""

    name: str
    more: bool
    text: str
    behind: Interview

    def before(self, today: date) -> str:
        """What stands in it before its own text: notes, the words on commands."""
        if self.more or self.behind.state.status is not Status.WAITING:
            return ""
        again = ask_again(self.behind, today).reply
        return self.text.removesuffix(again.text).rstrip() if again else ""


@dataclass
class Play:
    """A flow while one contact goes through it in one language."""

    voice: Voice
    contact: Contact
    sent: list[Sent] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    @property
    def flow(self) -> Flow:
        return self.voice.flow

    @property
    def language(self) -> str:
        return self.voice.language

    @property
    def today(self) -> date:
        return self.voice.today

    def through(self) -> "Play":
        """From the keyword to the closing."""
        self.heard.append(keyword(self.flow, self.language))
        interview = self.take(begin(self.flow, self.language, self.today), "")
        interview = self.say(replace(interview, channel=SMS), YES)
        while interview.state.status is Status.WAITING and len(self.heard) < MOST_TURNS:
            interview = self.answer(interview)
        return self

    def take(self, turn: Turn, asked: str) -> Interview:
        if turn.reply:
            state = turn.interview.state
            done = state.status is Status.COMPLETE
            name = CLOSING if done else parts_of(state.asked or asked)[0]
            self.sent.append(Sent(name, state.asked == asked, turn.reply.text, turn.interview))
        return turn.interview

    def say(self, interview: Interview, text: str, media: tuple[str, ...] = ()) -> Interview:
        self.heard.append(text)
        turn = hear(interview, text, self.today, media=media)
        return self.take(turn, interview.state.asked or "")

    def answer(self, interview: Interview) -> Interview:
        """The first answer that is taken; what was refused on the way is left out, for nobody would have typed it."""
        slot = interview.state.asked or ""
        question = self.flow.by_id[parts_of(slot)[0]]
        asked = Asked(self.voice, question, slot)
        for words in self.wishes(asked):
            sent, heard, tried = len(self.sent), len(self.heard), interview
            for text in words:
                tried = self.say(tried, text, PHOTO if question.type == "media" else ())
            if _moved(interview, tried):
                return tried
            del self.sent[sent:], self.heard[heard:]
        return self.insisted(interview, asked)

    def insisted(self, interview: Interview, asked: Asked) -> Interview:
        """Where nothing typical will do and it must be answered: what was written is kept, or the flow is left."""
        words = [REFUSED, *([self.done] if asked.question.multiline else [])]
        tried = interview
        while not _moved(interview, tried) and len(self.heard) < MOST_TURNS:
            for text in words:
                tried = self.say(tried, text)
        return tried

    @property
    def done(self) -> str:
        return phrasebook(self.language).shown["done"]

    def wishes(self, asked: Asked) -> Iterator[tuple[str, ...]]:
        if asked.question.type == "media":
            yield ("",)
        yield from self.contact.answers(asked)
        yield (phrasebook(self.language).shown["skip"],)


def _moved(before: Interview, after: Interview) -> bool:
    return after.state.status is not Status.WAITING or after.state.asked != before.state.asked


def declined(flow: Flow, language: str, today: date) -> Sent:
    """What is said after a no to the consent."""
    turn = hear(begin(flow, language, today).interview, "2", today)
    text = turn.reply.text if turn.reply else ""
    return Sent(DECLINED, False, text, turn.interview)


def unconditional(flow: Flow) -> Flow:
    """The flow as if every condition held and every answer were possible."""
    questions = tuple(
        replace(question, relevant=None, shown_if=None, constraint=None)
        for question in flow.questions
    )
    return replace(flow, questions=questions)
