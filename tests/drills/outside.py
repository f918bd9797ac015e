"""The providers' servers in their bad hours. What they took is written down, whatever they answered."""

import random
import threading
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
    """What providers do to a share of what they are sent; and what they took, in order."""

    chance: random.Random
    kind: str = ""
    share: float = 1.0
    taken: list[Taken] = field(default_factory=list)
    unknown: int = 0
    hurt: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, sent: Taken, well: Answer, busy: Answer, broken: Answer) -> Answer | str:
        """The answer to one sending, in this mood."""
        with self.turn:
            hit = self.kind != "" and self.chance.random() < self.share
            self.hurt += hit
            if hit and self.kind != UNKNOWN:
                return {DOWN: CUT, BUSY: busy, BROKEN: broken}[self.kind]
            if well.status < 300:
                self.taken.append(sent)
                self.unknown += hit
            return CUT if hit else well


class DrillTwilio(TwilioServer):
    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        super().__init__()
        self.clock = lambda: datetime.now(UTC)  # its log is asked what came since

    def answer(self, call: Call, headers: Any) -> Answer | str:
        well = super().answer(call, headers)
        if call.method != "POST" or not call.path.endswith("/Messages.json"):
            return well
        ours = call.form.get("StatusCallback", "").partition("message=")[2]
        number = int(ours) if ours.isdigit() else None
        sent = Taken("sms", call.form.get("To", ""), call.form.get("Body", ""), number)
        busy = self.refusal(429, 20429)
        busy.headers["Retry-After"] = "1"
        return self.mood.answer(sent, well, busy, self.refusal(503, 20503))


class DrillTelegram(TelegramServer):
    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        super().__init__()

    def answer(self, call: Call, headers: Any) -> Answer | str:
        well = super().answer(call, headers)
        if not call.path.endswith("/sendMessage"):
            return well
        sent = Taken("telegram", call.form.get("chat_id", ""), call.form.get("text", ""), None)
        busy = self.refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        return self.mood.answer(sent, well, busy, self.refusal(502, "Bad Gateway"))


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
