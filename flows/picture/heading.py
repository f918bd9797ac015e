"""The head of a picture: the flow's name, its languages, and what the signs below mean."""

from collections.abc import Iterator

from flows.language.model import Flow
from flows.picture.frames import Frame
from flows.picture.funnels import NAMES, PARTS, Funnel
from flows.picture.measuring import BOLD, lines, right_to_left, width
from flows.picture.pen import Pen
from flows.talking.languages import language_name

TITLE, SMALL = 22.0, 12.5
PILL = 26.0


def heading(
    pen: Pen, flow: Flow, language: str, frame: Frame, funnel: Funnel | None, wide: float
) -> float:
    """Draw the head from the top; gives back where it ends."""
    margin = 20.0
    title = flow.say(flow.title, language)
    told = lines(title, TITLE * BOLD, wide - 2 * margin)
    rtl = right_to_left(title)
    pen.write(
        told,
        wide - margin if rtl else margin,
        22,
        TITLE,
        font_weight="650",
        leading=1.25,
        rtl=rtl,
        lang=language,
    )
    y = 22 + len(told) * TITLE * 1.25 + 4
    questions = sum(question.asks for question in flow.questions)
    sub = f"{flow.name} · {questions} questions · version {flow.version[:7]}"
    pen.write([sub], margin, y, SMALL, colour="muted")
    y = _languages(pen, flow, language, margin, y + 26, wide)
    for sign in _signs(flow, funnel):
        y = _sign(pen, sign, margin, y)
    if funnel is not None:
        y = _colours(pen, margin, y, wide)
    return y + 10


def _languages(pen: Pen, flow: Flow, language: str, left: float, y: float, wide: float) -> float:
    """The languages as pills, the one that is drawn filled."""
    x = left
    for code in flow.languages:
        name = language_name(code)
        long = width(name, 13) + 22
        if x > left and x + long > wide - left:
            x, y = left, y + PILL + 6
        fill, colour = ("accent", "surface") if code == language else ("off", "on-off")
        pen.box(x, y, long, PILL, round_=PILL / 2, fill=fill)
        pen.write([name], x + long / 2, y + 4, 13, colour=colour, anchor="middle")
        x += long + 6
    return y + PILL + 12


def _signs(flow: Flow, funnel: Funnel | None) -> Iterator[str]:
    if any(question.shown_if for question in flow.questions):
        yield "left out unless its condition holds"
    if funnel is not None:
        yield "the whole bar: all who were asked first"


def _sign(pen: Pen, told: str, left: float, y: float) -> float:
    if "bar" in told:
        pen.box(left, y + 5, 24, 7, round_=3.5, fill="line")
    else:
        pen.path([(left, y + 9), (left + 24, y + 9)], dashed=True)
    pen.write([told], left + 34, y, SMALL, colour="muted")
    return y + 21


def _colours(pen: Pen, left: float, y: float, wide: float) -> float:
    x = left
    for part in PARTS:
        long = 18 + width(NAMES[part], SMALL)
        if x + long > wide - left:
            x, y = left, y + 20
        pen.box(x, y + 4, 10, 10, round_=3, fill=part)
        pen.write([NAMES[part]], x + 16, y, SMALL, colour="muted")
        x += long + 14
    return y + 22
