"""Who writes during a drill, and what: each a survey from its keyword to its end, and their words are nobody else's.

What they say does not depend on what they read, so the same messages in the same order lead to the same place: the
accounts (``tests.drills.accounts``) rest on that.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SMS, TELEGRAM = "sms", "telegram"
BEGAN = 1_780_000_000  # seconds, by Telegram's clock


@dataclass
class Delivery:
    """One message as its provider brings it, until it is acknowledged. ``refused``: the tries that were not."""

    channel: str
    address: str
    provider_id: str
    words: str
    content: dict[str, Any]
    tries: int = 0
    refused: int = 0
    acknowledged: bool = False


@dataclass
class Resident:
    """One person with a phone. Their turns are deliveries: those of one turn are on their way at once."""

    number: int
    chance: random.Random
    count: int = 0
    marked: list[str] = field(default_factory=list)

    @property
    def channel(self) -> str:
        return TELEGRAM if self.number % 2 else SMS

    @property
    def address(self) -> str:
        if self.channel == TELEGRAM:
            return str(10_000_000 + self.number)
        return f"+1404{self.number:07d}"

    def turns(self, *, wild: bool = False) -> Iterator[list[Delivery]]:
        """All that they will write. ``wild``: much of it at once, and out of its order."""
        for texts in self._script(wild):
            said = [self._delivery(text) for text in texts]
            if len(said) > 1 and self.channel == TELEGRAM:
                self.chance.shuffle(said)
            yield said

    def _script(self, wild: bool) -> Iterator[list[str]]:
        mine = f"resident{self.number}x"
        yield [self.chance.choice(["RIGHTS", "DERECHOS", "rights"])]
        yield ["yes"]
        yield [f"Atlanta, near {mine}"]
        if self.chance.random() < 0.3:
            yield ["BACK"]
            yield [f"Decatur, near {mine}"]
        yield from self.chance.choice([[["2"], ["1 3"]], [["1 3"], ["1"], ["2"]], [["10"]]])
        parts = [f"{mine} told part {part}" for part in range(self.chance.randrange(2, 5))]
        if wild:
            parts += [f"{mine} {strange}" for strange in ("\0", "🙂" * 400, "{city} <b>", "\u202e")]
            yield parts
        else:
            yield from ([part] for part in parts)
        yield ["DONE"]
        yield [f"{mine} sees progress"]
        yield [self.chance.choice(["SKIP", f"{mine} wants change"])]
        yield [f"{mine} names the mayor"]
        yield ["1"]
        yield ["no"]

    def _delivery(self, text: str) -> Delivery:
        self.count += 1
        number = self.number * 1000 + self.count
        if self.channel == SMS:
            sid = f"SM{number:032d}"
            form = {"MessageSid": sid, "From": self.address, "To": "+15005550006", "Body": text}
            return Delivery(SMS, self.address, sid, text, form)
        chat = {"id": int(self.address), "type": "private"}
        person = {"id": chat["id"], "is_bot": False, "first_name": "R", "language_code": "en"}
        message = {"message_id": number, "date": BEGAN + 30 * self.count, "chat": chat}
        update = {"update_id": number, "message": {**message, "from": person, "text": text}}
        return Delivery(TELEGRAM, self.address, str(number), text, update)
