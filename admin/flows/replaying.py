"""A flow played from its first message, as often as asked: pure, nothing is kept between two plays.

It is the bot's own conversation; only the phone is made of paper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flows import Flow, Outcome, Status, parts_of
from flows.rehearsing.playing import PlainPhone
from flows.sms import odd_letters, segments

PHOTO = "📷"  # stands for a photo, where one is asked for
MEDIA = ("photo",)


@dataclass(frozen=True)
class Bubble:
    """One message on the phone, with what it costs as SMS; ``odd`` are the letters that make it dearer."""

    mine: bool
    text: str
    segments: int
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Played:
    """The conversation so far. ``asked`` is the id of the question that waits, "" when none does."""

    bubbles: tuple[Bubble, ...]
    choices: tuple[str, ...]
    asked: str
    ended: bool
    wants_photo: bool

    @property
    def cost(self) -> int:
        """The SMS segments of all that the bot said."""
        return sum(bubble.segments for bubble in self.bubbles if not bubble.mine)


def replay(flow: Flow, language: str, said: Sequence[str], today: date) -> Played:
    """The conversation of somebody who opens ``flow`` in ``language`` and then says what was ``said``."""
    phone = PlainPhone({flow.name: flow}, today, language)
    outcome = phone.send("", begin=True, flow=flow.name, language=language)
    bubbles = list(_replied(outcome))
    for text in said:
        photo = text == PHOTO
        outcome = phone.send("" if photo else text, media=MEDIA if photo else ())
        bubbles += [Bubble(True, text, 0), *_replied(outcome)]
    current = phone.standing.current
    waiting = current is not None and current.state.status is Status.WAITING
    asked = parts_of(current.state.asked or "")[0] if current and waiting else ""
    question = flow.by_id.get(asked)
    return Played(
        tuple(bubbles),
        outcome.reply.choices if waiting and outcome.reply else (),
        asked,
        ended=not waiting,
        wants_photo=question is not None and question.type == "media",
    )


def _replied(outcome: Outcome) -> Iterator[Bubble]:
    if outcome.reply:
        text = outcome.reply.text
        odd = sorted(odd_letters(text), key=text.index)
        yield Bubble(False, text, segments(text)[1], tuple(odd))
