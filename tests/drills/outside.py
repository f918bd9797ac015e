"""The providers' servers in their bad hours. What they took is written down, whatever they answered."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.providers import CUT, Answer, Call, Provider, TelegramServer, TwilioServer

DOWN, BUSY, BROKEN, UNKNOWN = "down", "busy", "broken", "unknown"


@dataclass(frozen=True)
class Taken:
    """One message that a provider took. ``ours``: our number of it, where it is told."""

    channel: str
    address: str
    text: str
    ours: int | None


@dataclass
class Mood:
    """What providers do to one in ``every`` of what they are sent; and what they took, in order.

    ``hurt`` counts what they did so, and ``unknown`` by channel what they took and did not say so.
    """

    chance: random.Random
    kind: str = ""
    every: int = 1
    taken: list[Taken] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    hurt: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    next: dict[str, int] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self, channel: str) -> str:
        """What is done to the next sending by a channel; "" for nothing."""
        with self.turn:
            kind = self.kind if self.kind and self._is_next(channel) else ""
            self.hurt[kind] += 1
        return kind

    def take(self, sent: Taken, well: Answer, kind: str) -> Answer | str:
        """The answer to a sending that is taken, unless it is refused: it may get lost on the way."""
        with self.turn:
            if well.status < 300:
                self.taken.append(sent)
                self.unknown[sent.channel] += kind == UNKNOWN
        return CUT if kind == UNKNOWN else well

    def _is_next(self, channel: str) -> bool:
        """Of so many sendings by one channel exactly one, whichever."""
        place = self.met[channel] % self.every
        if place == 0:
            self.next[channel] = self.chance.randrange(self.every)
        self.met[channel] += 1
        return place == self.next[channel]


class DrillTwilio(TwilioServer):
    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        super().__init__()
        self.clock = lambda: datetime.now(UTC)  # its log is asked what came since

    def answer(self, call: Call, headers: Any) -> Answer | str:
        if call.method != "POST" or not call.path.endswith("/Messages.json"):
            return super().answer(call, headers)
        kind = self.mood.strikes("sms")
        busy = self.refusal(429, 20429)
        busy.headers["Retry-After"] = "1"
        refused = {DOWN: CUT, BUSY: busy, BROKEN: self.refusal(503, 20503)}
        if kind in refused:  # its log knows nothing of it
            return refused[kind]
        ours = call.form.get("StatusCallback", "").partition("message=")[2]
        number = int(ours) if ours.isdigit() else None
        sent = Taken("sms", call.form.get("To", ""), call.form.get("Body", ""), number)
        return self.mood.take(sent, super().answer(call, headers), kind)


class DrillTelegram(TelegramServer):
    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        super().__init__()

    def answer(self, call: Call, headers: Any) -> Answer | str:
        if not call.path.endswith("/sendMessage"):
            return super().answer(call, headers)
        kind = self.mood.strikes("telegram")
        busy = self.refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        refused = {DOWN: CUT, BUSY: busy, BROKEN: self.refusal(502, "Bad Gateway")}
        if kind in refused:
            return refused[kind]
        sent = Taken("telegram", call.form.get("chat_id", ""), call.form.get("text", ""), None)
        return self.mood.take(sent, super().answer(call, headers), kind)


@dataclass
class Outside:
    """Both providers, in one mood."""

    mood: Mood
    twilio: DrillTwilio
    telegram: DrillTelegram

    @property
    def both(self) -> tuple[Provider, Provider]:
        return self.twilio, self.telegram

    def slow(self, seconds: float) -> None:
        for one in self.both:
            one.pause = seconds


@contextmanager
def providers(chance: random.Random) -> Iterator[Outside]:
    mood = Mood(chance)
    outside = Outside(mood, DrillTwilio(mood), DrillTelegram(mood))
    try:
        yield outside
    finally:
        for one in outside.both:
            one.close()
