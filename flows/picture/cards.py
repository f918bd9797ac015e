"""The cards of a picture: the consent, each question with its text, its choices and its funnel, and the ends."""

from dataclasses import dataclass
from itertools import count
from textwrap import wrap

from flows.language.model import CONSENT, Flow, Question, Text
from flows.picture.frames import Frame
from flows.picture.funnels import Funnel, in_words, parts_of_bar, widest, worst
from flows.picture.measuring import BOLD, MONO_WIDTH, lines, right_to_left, width
from flows.picture.pen import MONO, Pen
from flows.picture.wording import kind, spoken

PAD = 14.0
BODY, SMALL = 15.0, 12.5
BODY_LEADING, SMALL_LEADING = 1.4, 1.4
MOST_LINES, MOST_CHOICES = 14, 4
HEAD = 20.0
BAR = 7.0


@dataclass(frozen=True)
class Look:
    """The colours of a card."""

    fill: str = "surface"
    edge: str = "line"
    ink: str = "ink"
    quiet: str = "muted"
    name: str = "accent"


QUESTION = Look()
START = Look("tint", "tint", "on-tint", "on-tint", "accent")
NOTE = Look("calm", "calm", "on-calm", "on-calm", "on-calm")


class Cards:
    """Draws cards, counts the questions asked, and knows their funnel. Each gives back where it ends."""

    def __init__(self, pen: Pen, flow: Flow, language: str, funnel: Funnel | None) -> None:
        self.pen, self.flow, self.language, self.funnel = pen, flow, language, funnel or {}
        self.whole, self.worst = widest(self.funnel), worst(self.funnel)
        self.numbers = count(1)

    def consent(self, x: float, y: float, wide: float) -> float:
        return self.card(CONSENT, "asked first", self.flow.consent.label, (x, y, wide), START)

    def declined(self, x: float, y: float, wide: float) -> float:
        """The end for those who say no."""
        told = self.say(self.flow.consent.declined)
        body = lines(told, SMALL, wide - 2 * 10, MOST_LINES)
        height = len(body) * SMALL * SMALL_LEADING + 16
        self.pen.box(x, y, wide, height, fill="off")
        self.text(body, told, x + 10, y + 8, wide - 20, SMALL, "on-off")
        return y + height

    def closing(self, x: float, y: float, wide: float) -> float:
        return self.card("closing", "the end", self.flow.closing, (x, y, wide), START)

    def heading(self, frame: Frame, x: float, y: float, wide: float) -> float:
        """The head of a frame: its name, how often it goes round, and what is said at its start."""
        self.pen.write([frame.id], x + PAD, y + 9, SMALL, colour="accent", font_weight="650")
        often = f"repeated, up to {frame.again.max} times" if frame.again else "group"
        self.pen.write([often], x + wide - PAD, y + 9, SMALL, colour="muted", anchor="end")
        y += 9 + HEAD
        told = self.say(frame.heading.label) if frame.heading else ""
        if told:
            body = lines(told, BODY, wide - 2 * PAD, MOST_LINES)
            self.text(body, told, x + PAD, y, wide - 2 * PAD, BODY, "ink")
            y += len(body) * BODY * BODY_LEADING
        return y

    def question(self, question: Question, x: float, y: float, wide: float) -> float:
        """A question, a note, or a line for what is worked out."""
        if question.calculation is not None:
            return self.calculation(question, x, y, wide)
        look = QUESTION if question.asks else NOTE
        name = f"{next(self.numbers)}\u00a0\u00a0{question.id}" if question.asks else question.id
        label = question.label
        return self.card(name, kind(question), label, (x, y, wide), look, question)

    def calculation(self, question: Question, x: float, y: float, wide: float) -> float:
        source = question.calculation.source if question.calculation else ""
        room = wide - 2 * PAD - width(kind(question), SMALL) - 12
        told = wrap(
            f"{question.id} = {source}", max(8, int(room / SMALL / MONO_WIDTH)), max_lines=6
        )
        height = len(told) * SMALL * SMALL_LEADING + 16
        self.pen.box(x, y, wide, height, fill="paper", stroke="line")
        self.pen.write(told, x + PAD, y + 8, SMALL, colour="muted", font_family=MONO)
        what = kind(question)
        self.pen.write([what], x + wide - PAD, y + 8, SMALL, colour="muted", anchor="end")
        return y + height

    def card(
        self,
        name: str,
        what: str,
        label: Text,
        place: tuple[float, float, float],
        look: Look,
        question: Question | None = None,
    ) -> float:
        """A card with a head, a text, choices where there are some, and a funnel where there is one."""
        x, top, wide = place
        room = wide - 2 * PAD
        under, drawn = len(self.pen.drawn), Pen()
        y = self.head(name, what, x, top + 10, wide, look)
        told = self.say(label)
        body = lines(told, BODY, room, MOST_LINES)
        self.text(body, told, x + PAD, y, room, BODY, look.ink)
        y += len(body) * BODY * BODY_LEADING
        if question is not None and question.choices:
            y = self.choices(question, x + PAD, y + 4, room)
        counted = name.rpartition("\u00a0")[2]
        if counted in self.funnel:
            y = self.bar(counted, x + PAD, y + 8, room, look)
        drawn.box(x, top, wide, y + 11 - top, fill=look.fill, stroke=look.edge)
        self.pen.drawn[under:under] = drawn.drawn
        return y + 11

    def head(self, name: str, what: str, x: float, y: float, wide: float, look: Look) -> float:
        """The id and what is wanted: in one line, or below each other where both are long."""
        room = wide - 2 * PAD
        names = lines(name.replace("_", "_\u200b"), SMALL * BOLD, room, 2)
        self.pen.write(names, x + PAD, y, SMALL, colour=look.name, font_weight="650")
        if width(name, SMALL * BOLD) + width(what, SMALL) + 12 <= room:
            self.pen.write([what], x + wide - PAD, y, SMALL, colour=look.quiet, anchor="end")
        else:
            y += len(names) * SMALL * SMALL_LEADING
            self.pen.write([what], x + PAD, y, SMALL, colour=look.quiet)
        return y + HEAD

    def choices(self, question: Question, x: float, y: float, room: float) -> float:
        """The labels in a few lines, and how many more there are."""
        labels = [self.say(choice.label) for choice in question.choices]
        for shown in range(len(labels), 0, -1):
            more = [f"{len(labels) - shown} more"] if shown < len(labels) else []
            told = " · ".join([*labels[:shown], *more])
            body = lines(told, SMALL, room)
            if len(body) <= MOST_CHOICES:
                break
        body = body[:MOST_CHOICES]
        self.text(body, told, x, y, room, SMALL, "muted")
        return y + len(body) * SMALL * SMALL_LEADING

    def bar(self, question_id: str, x: float, y: float, room: float, look: Look) -> float:
        """Who came so far, as a part of all who came to the first question."""
        counted = self.funnel[question_id]
        self.pen.box(x, y, room, BAR, round_=BAR / 2, fill="line")
        at, end = x, x + room
        for part, people in parts_of_bar(counted).items():
            long = min(max(2.0, room * people / self.whole), end - at) if people else 0.0
            if long > 0:
                self.pen.box(at, y, long, BAR, round_=2, fill=part)
                at += long + 1
        told = lines(in_words(question_id, counted), SMALL, room)
        self.pen.write(told, x, y + BAR + 4, SMALL, colour=look.ink)
        y += BAR + 4 + len(told) * SMALL * SMALL_LEADING
        if question_id == self.worst:
            self.pen.write(["most leave here"], x, y, SMALL, colour="left", font_weight="650")
            y += SMALL * SMALL_LEADING
        return y

    def say(self, text: Text) -> str:
        return spoken(self.flow.say(text, self.language))

    def text(
        self, body: list[str], told: str, x: float, y: float, room: float, size: float, colour: str
    ) -> None:
        """A text of the flow, from the right where it runs from there."""
        rtl = right_to_left(told)
        self.pen.write(
            body, x + room if rtl else x, y, size, colour=colour, rtl=rtl, lang=self.language
        )
