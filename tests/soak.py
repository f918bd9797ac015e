"""``python -m tests.soak [RESIDENTS] [SEED] [MESSAGES]``: simulated residents who behave like people, and worse.

They write in pieces, twice, late, with files, in two channels, with all the words that steer; some of their messages
are lost, repeated or overtaken on the way. At the end every inbound message must be accounted for, every interview
explained, and nobody's words may stand in another one's testimony. The part of it that is a test is small.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.app import build_services
from bot.settings import SURVEYS, load_settings
from flows import CONSENT, Interview, Status, parts_of
from flows.talking.way import way
from storage import schema
from storage.interviews import load_interviews
from storage.models import Contact, InterviewRow, MessageRow
from tests.bot.conftest import SECRET, Service, deployment
from tests.conftest import Clock
from tests.support.providers import TelegramServer, TwilioServer

EXPLAINED = {status.value for status in Status}
STEERING = [
    "BACK",
    "SKIP",
    "REPEAT",
    "LANGUAGE",
    "HELP",
    "ANSWERS",
    "PAUSE",
    "COPY",
    "idioma",
    "CODE",
]
RARE = ["STOP", "START", "DELETE", "WRONG NUMBER", "RIGHTS", "DERECHOS", "please stop texting me"]
JUNK = [
    "",
    "?",
    "\0",
    "🙂",
    "x" * 2000,
    "=1+1",
    "<b>",
    "{city}",
    "99",
    "ayer",
    "7F3K-9QRT",
    "\u202eabc",
]


@dataclass
class Resident:
    """One person with a phone; ``word`` is in all they tell, and in nobody else's.

    Every third is diligent: they answer what is asked, in the main, and come to the end.
    """

    number: int
    chance: random.Random
    clock: int = 1_780_000_000
    count: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def word(self) -> str:
        return f"resident{self.number}x"

    @property
    def by_telegram(self) -> bool:
        return self.number % 2 == 1

    def says(self) -> str:
        """What they write next: mostly something that fits, sometimes not."""
        pick = self.chance.random()
        if self.count == 1 and pick < 0.9:
            return "yes"  # to the consent, else there is little to see
        if self.number % 3 == 0 and pick < 0.9:
            return self.chance.choice(["1", "yes", "DONE", f"{self.word} told it"])
        if pick < 0.03:
            return self.chance.choice(RARE)
        if pick < 0.2:
            return self.chance.choice(STEERING)
        if pick < 0.27:
            return self.chance.choice(JUNK)
        if pick < 0.4:
            return "DONE"
        if pick < 0.65:
            return self.chance.choice(["1", "2", "yes", "1 3", "no", "5"])
        return f"{self.word} told {self.chance.randrange(1000)}"


class Town:
    """The service with its residents; whatever reaches it is counted."""

    def __init__(self, service: Service, residents: int, seed: int) -> None:
        self.service, self.chance = service, random.Random(seed)
        self.residents = [
            Resident(number, random.Random(f"{seed}/{number}")) for number in range(residents)
        ]
        self.arrived: set[tuple[str, str]] = set()

    def live(self, messages: int) -> None:
        """Each resident writes about so many messages; their turns are mixed."""
        talking = [one for one in self.residents for _ in range(messages)]
        self.chance.shuffle(talking)
        begun: set[int] = set()
        for resident in talking:
            first = resident.number not in begun
            begun.add(resident.number)
            text = self.chance.choice(["RIGHTS", "DERECHOS", "hello"]) if first else resident.says()
            for message in self._on_the_way(resident, self._written(resident, text)):
                self._arrives(resident, message)
            if self.chance.random() < 0.8:  # else the next comes before our reply is out
                self.service.drain()
        self.service.drain()

    def _written(self, resident: Resident, text: str) -> dict[str, Any]:
        resident.count += 1
        resident.clock += self.chance.choice([0, 1, 30, 3600])
        identity = f"{resident.number * 10_000 + resident.count}"
        photo = self.chance.random() < 0.03
        return {"id": identity, "text": text, "date": resident.clock, "photo": photo}

    def _on_the_way(self, resident: Resident, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Lost, doubled, held back behind the next, or as it should be."""
        fate = self.chance.random()
        if fate < 0.03:
            return
        if fate < 0.08 and not resident.sent:
            resident.sent.append(message)
            return
        yield message
        if fate > 0.93:
            yield message
        while resident.sent:
            yield resident.sent.pop()

    def _arrives(self, resident: Resident, message: dict[str, Any]) -> None:
        service = self.service
        if resident.by_telegram:
            self.arrived.add(("telegram", message["id"]))
            status = service.update(self._update(resident, message), secret=SECRET)
        else:
            self.arrived.add(("sms", f"SM{message['id']:>032}"))
            files = (
                {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x"}
                if message["photo"]
                else {}
            )
            status = service.sms(
                message["text"],
                f"+1404{resident.number:07d}",
                MessageSid=f"SM{message['id']:>032}",
                **files,
            )
        assert status == 200

    def _update(self, resident: Resident, message: dict[str, Any]) -> dict[str, Any]:
        chat = {"id": 10_000_000 + resident.number, "type": "private"}
        person = {"id": chat["id"], "is_bot": False, "first_name": "R", "language_code": "en"}
        said: dict[str, Any] = {"text": message["text"]}
        if message["photo"]:
            size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}
            said = {"photo": [size], "caption": message["text"]}
        whole = {"message_id": int(message["id"]), "date": message["date"], "chat": chat}
        return {"update_id": int(message["id"]), "message": {**whole, "from": person, **said}}


def account(town: Town) -> dict[str, Counter[str]]:
    """Check that all is accounted for; returns how many of each."""
    service = town.service
    with service.database.reading() as session:
        inbound = select(MessageRow.channel, MessageRow.provider_id).where(
            MessageRow.direction == "in"
        )
        stored = Counter((channel, str(sid)) for channel, sid in session.execute(inbound))
        assert set(stored) == town.arrived, "a message was lost, or came from nowhere"
        assert set(stored.values()) <= {1}, "a message was taken twice"
        heard = Counter(
            session.scalars(select(MessageRow.heard).where(MessageRow.direction == "in"))
        )
        bugs = select(func.count()).where(MessageRow.attention.like("%Error%"))
        assert session.scalar(bugs) == 0, "a message could not be handled"
        rows = session.scalars(select(InterviewRow).order_by(InterviewRow.id)).all()
        owners = dict(map(tuple, session.execute(select(Contact.id, Contact.pseudonym))))
        statuses = Counter(row.status for row in rows)
        waiting = Counter(row.contact_id for row in rows if row.status == Status.WAITING)
        assert set(statuses) <= EXPLAINED
        assert max(waiting.values(), default=1) == 1, "somebody has two interviews that wait"
        words: dict[int, set[str]] = {}
        for row, interview in zip(rows, _loaded(service, session, rows), strict=True):
            _check(interview)
            told = {one for answer in interview.answers.values() for one in answer.words.split()}
            words.setdefault(row.contact_id, set()).update(one for one in told if "resident" in one)
    for contact, named in words.items():
        assert len(named) <= 1, (
            f"the words of two residents are in the testimony of {owners[contact]}"
        )
    return {
        "heard": Counter({str(name): number for name, number in heard.items()}),
        "statuses": statuses,
    }


def _loaded(service: Service, session: Any, rows: Any) -> list[Interview]:
    return [next(iter(load_interviews(session, [row], service.services.library))) for row in rows]


def _check(interview: Interview) -> None:
    """What waits can be answered: the consent, the language, or a question that is relevant."""
    state = interview.state
    if state.status is not Status.WAITING or state.menu:
        return
    slots = way(interview.flow, interview.answers, Clock()().date()).relevant
    assert state.asked == CONSENT or state.asked in slots, f"{parts_of(str(state.asked))} is asked"


def run(residents: int, messages: int, seed: int, folder: Path) -> dict[str, Counter[str]]:
    """The whole of it, on SQLite in ``folder``."""
    twilio, telegram, clock = TwilioServer(), TelegramServer(), Clock()
    environ = deployment(f"sqlite:///{folder / 'soak.db'}", twilio, telegram)
    environ["TELEGRAM_RATE"] = "none"  # what is asked here is how much it bears
    services = build_services(load_settings(environ, folder), clock)
    try:
        schema.upgrade(services.database.engine)
        service = Service(services, clock)
        service.publish((SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8"))
        town = Town(service, residents, seed)
        town.live(messages)
        return account(town)
    finally:
        services.close()
        twilio.close()
        telegram.close()


if __name__ == "__main__":
    RESIDENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    MESSAGES = int(sys.argv[3]) if len(sys.argv) > 3 else 14  # of each
    with tempfile.TemporaryDirectory() as place:
        for title, counted in run(RESIDENTS, MESSAGES, SEED, Path(place)).items():
            print(title, dict(counted.most_common()))
