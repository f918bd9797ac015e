"""The layout of a picture: one column from the consent to the closing, frames within it, branches beside it.

Every item is drawn at a place and gives back where it ends; a branch runs in the lane left of its item, a loop in the
lane right of it.
"""

from dataclasses import dataclass, replace

from flows.language.model import Flow, Question
from flows.picture.cards import Cards
from flows.picture.frames import Frame, framed, own_condition
from flows.picture.funnels import Funnel
from flows.picture.heading import heading
from flows.picture.measuring import lines
from flows.picture.pen import Pen, document
from flows.picture.wording import condition

NARROW, LANE = 460.0, 24.0  # of the whole, and beside the column of a frame
MARGIN = 16.0
STEP = 18.0  # between two items


def picture(flow: Flow, language: str, funnel: Funnel | None = None) -> str:
    """The flow as SVG, its texts in ``language``; with a ``funnel`` by question id, what became of the people too."""
    frame = framed(flow)
    wide = NARROW + 2 * LANE * max(0, frame.depth - 1)
    pen = Pen()
    top = heading(pen, flow, language, frame, funnel, wide)
    column = Column(MARGIN + LANE, wide - 2 * (MARGIN + LANE))
    drawing = _Drawing(flow, language, pen, Cards(pen, flow, language, funnel))
    bottom = drawing.whole(frame, column, top)
    title = flow.say(flow.title, language)
    return document(pen.drawn, wide, bottom + 20, title, _told(flow, frame), language)


def _told(flow: Flow, frame: Frame) -> str:
    """The picture in a few words, for those who cannot see it."""
    asked = [question for question in flow.questions if question.asks]
    branches = sum(question.shown_if is not None for question in asked)
    names = ", ".join(question.id for question in asked)
    return (
        f"The way through {flow.name}: the consent, then {len(asked)} questions in order, "
        f"{branches} of them with a condition, then the closing. The questions are: {names}."
    )


@dataclass(frozen=True)
class Column:
    """Where items stand: their left edge and their width."""

    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    def inner(self) -> "Column":
        return replace(self, x=self.x + LANE, width=self.width - 2 * LANE)


@dataclass
class _Drawing:
    flow: Flow
    language: str
    pen: Pen
    cards: Cards

    def whole(self, frame: Frame, column: Column, y: float) -> float:
        y = self.consent(column, y)
        y = self.items(frame, column, y)
        self.down(column, y, y + STEP + 4)
        return self.cards.closing(column.x, y + STEP + 4, column.width)

    def consent(self, column: Column, y: float) -> float:
        """The consent, its no to the right, its yes onward."""
        end = self.cards.consent(column.x, y, column.width)
        x = column.middle + 24
        turn = (x + column.right) / 2
        low = self.cards.declined(x, end + 26, column.right - x)
        self.pen.path([(turn, end), (turn, end + 25)])
        self.pen.head(turn, end + 26)
        self.pen.write(["no"], turn + 8, end + 3, 12.5, colour="muted")
        self.pen.write(["yes"], column.middle - 8, end + 3, 12.5, colour="muted", anchor="end")
        self.pen.path([(column.middle, end), (column.middle, low)])
        return low

    def items(self, frame: Frame, column: Column, y: float) -> float:
        for item in frame.items:
            if isinstance(item, Frame):
                y = self.unless(item.condition, column, y, item)
            else:
                told = "" if item is frame.again else own_condition(item)
                y = self.unless(told, column, y, item)
        return y

    def unless(self, source: str, column: Column, y: float, item: Frame | Question) -> float:
        """An item, with the branch that leaves it out when it has a condition."""
        if not source:
            self.down(column, y, y + STEP)
            return self.item(item, column, y + STEP)
        self.down(column, y, y + STEP)
        gate = y + STEP
        open_ = self.gate(source, column, gate)
        self.down(column, open_, open_ + 14)
        end = self.item(item, column, open_ + 14)
        lane, meet = column.x - LANE / 2 - 1, end + 14
        start = (gate + open_) / 2
        self.pen.path(
            [(column.x, start), (lane, start), (lane, meet), (column.middle, meet)], dashed=True
        )
        self.pen.head(column.middle - 1, meet, turn="right")
        self.pen.path([(column.middle, end), (column.middle, meet)])
        return meet

    def gate(self, source: str, column: Column, y: float) -> float:
        """The condition in words; gives back where it ends."""
        words = f"only if {condition(self.flow, source, self.language)}"
        told = lines(words, 12.5, column.width - 28, most=6)
        height = len(told) * 17.5 + 12
        self.pen.box(column.x, y, column.width, height, round_=min(height / 2, 14), fill="wait")
        self.pen.write(told, column.x + 14, y + 6, 12.5, colour="on-wait")
        return y + height

    def item(self, item: Frame | Question, column: Column, y: float) -> float:
        if isinstance(item, Frame):
            return self.frame(item, column, y)
        return self.cards.question(item, column.x, y, column.width)

    def frame(self, frame: Frame, column: Column, y: float) -> float:
        """A group or repeat around its items; drawn below them, so its place in the order is kept free."""
        place = len(self.pen.drawn)
        top = self.cards.heading(frame, column.x, y, column.width)
        inner = column.inner()
        first = top + 3 if frame.heading else top - 8
        low = self.items(frame, inner, first)
        end = low + 16
        if frame.again:
            end = low + 32
            self.again(inner, first + STEP, low)
            self.pen.write(["no"], inner.middle - 8, low + 2, 12.5, colour="muted", anchor="end")
        self.down(inner, low, end, head=False)
        over = Pen()
        edge = "accent" if frame.again else "line"
        over.box(column.x, y, column.width, end - y, round_=14, fill="paper", stroke=edge)
        self.pen.drawn[place:place] = over.drawn
        return end

    def again(self, inner: Column, top: float, low: float) -> None:
        """The way back to the first question of a repeat."""
        lane, turn = inner.right + LANE / 2, inner.right - 36
        corners = [
            (turn, low),
            (turn, low + 16),
            (lane, low + 16),
            (lane, top - 9),
            (turn, top - 9),
        ]
        self.pen.path([*corners, (turn, top - 1)], stroke="accent")
        self.pen.head(turn, top, colour="accent")
        self.pen.write(["yes"], turn - 8, low + 2, 12.5, colour="accent", anchor="end")

    def down(self, column: Column, y: float, end: float, *, head: bool = True) -> None:
        self.pen.path([(column.middle, y), (column.middle, end - 1)])
        if head:
            self.pen.head(column.middle, end)
