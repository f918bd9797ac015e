"""One drill from its beginning to its accounts: residents write, something goes wrong, and all must come right."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from storage.models import Job
from tests.drills.accounts import MOST_REPEATS, Accounts, examine
from tests.drills.databases import Home, home
from tests.drills.house import House
from tests.drills.load import PATIENCE, Load
from tests.drills.outside import Outside, providers
from tests.drills.people import SMS, TELEGRAM, Resident
from tests.drills.replies import Person

EACH = 13  # messages of one resident, more or less
FOUND = "was found in the provider's log"  # as the sender says


@dataclass
class Drill:
    """What a fault works with. ``faults`` counts what was done and felt; ``apart``: people who met a bug."""

    house: House
    home: Home
    disk: Path
    outside: Outside
    load: Load
    chance: random.Random
    faults: int = 0
    apart: set[Person] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def strike(self, felt: bool, what: str) -> None:
        """Count a fault. One that nobody felt proves nothing, and makes the drill a wrong one."""
        self.faults += felt
        if not felt:
            self.wrong.append(f"nobody felt it: {what}")

    def wait_until(self, felt: Callable[[], bool]) -> bool:
        """Wait until something is felt; whether it was, before there was nobody left to feel it."""
        while not felt():
            if self.load.done:
                return felt()
            self.hold_on(0.05)
        return True

    def hold_on(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def let_go(self) -> None:
        """End the leases of the dead, for a drill that has no minute to wait for that."""
        with self.house.database.writing() as session:
            mine = update(Job).where(Job.done_at.is_(None), Job.owner.is_not(None))
            session.execute(mine.values(run_at=Job.created_at, owner=None))

    def moments(self, count: int, first: float = 0.1, last: float = 0.9) -> list[float]:
        """Random moments, as shares of the messages."""
        return sorted(self.chance.uniform(first, last) for _ in range(count))


@dataclass(frozen=True)
class Kind:
    """A kind of drill. ``strict``: its repeats must stay under the limit; else under what was made unknown."""

    name: str
    says: str
    fault: Callable[[Drill], None]
    apart: bool = True
    small: bool = False
    wild: bool = False
    strict: bool = True
    more: Callable[[Path], Mapping[str, str]] = lambda _: {}


@dataclass
class Result:
    """What a drill came to. Seconds: the load, and from its end until all was sent.

    ``in_hand``: messages by channel that each killed worker had in hand; ``found``: those of them, and of other
    sends of which nobody had told, that the provider's log knew.
    """

    name: str
    database: str
    accounts: Accounts
    faults: int
    refused: int
    unknown: dict[str, int]
    longest: float
    seconds: float
    settled: float
    left_out: str = ""
    in_hand: list[dict[str, int]] = field(default_factory=list)
    found: int = 0


def run(
    kind: Kind, database: str, *, residents: int, rate: float | None, seed: int, spare: int = 0
) -> Result:
    """Hold a drill; raises LeftOut where this machine does not allow it. ``spare`` repeats are let pass."""
    chance = random.Random(f"{seed}/{kind.name}/{database}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill")))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
        place = folder / "db"
        place.mkdir()
        outside = stack.enter_context(providers(random.Random(chance.random())))
        made, disk = stack.enter_context(home(database, place, small=kind.small))
        house = House(folder, made, outside, apart=kind.apart, more=kind.more(folder))
        stack.callback(house.close)
        house.move_in(datetime.now(UTC))
        people = [Resident(n, random.Random(chance.random())) for n in range(residents)]
        load = Load(house.port, people, chance, rate)
        stack.callback(load.give_up)
        drill = Drill(house, made, disk, outside, load, chance)
        load.begin(wild=kind.wild)
        kind.fault(drill)
        seconds = load.end()
        settled = settle(house)
        accounts = examine(
            house.database, load.deliveries, outside, folder / "calm", apart=drill.apart
        )
        accounts.wrong += drill.wrong if drill.faults else [*drill.wrong, "nothing went wrong"]
        _judge(kind, accounts, outside.mood.unknown[TELEGRAM], spare)
        house.close()
        accounts.wrong += [one for one in ["Traceback"] if any(one in said for said in house.said)]
    return Result(
        kind.name,
        database,
        accounts,
        drill.faults,
        load.refused,
        dict(outside.mood.unknown),
        load.longest,
        seconds,
        settled,
        in_hand=house.in_hand,
        found=sum(said.count(FOUND) for said in house.said),
    )


def _judge(kind: Kind, accounts: Accounts, unknown: int, spare: int) -> None:
    """Repeats that nothing explains. Where there is a log to look in, nothing explains one."""
    allowed = MOST_REPEATS * accounts.replies if kind.strict else unknown
    if accounts.twice > allowed + spare:
        accounts.wrong.append(f"{accounts.twice} repeats of {accounts.replies} replies")
    if accounts.repeats.get(SMS, 0) > spare:
        accounts.wrong.append(f"{accounts.repeats[SMS]} repeats by SMS, though there is a log")


def settle(house: House) -> float:
    """Wait until the outbox is empty; returns how many seconds it took."""
    began = time.monotonic()
    undone = select(Job.id).where(Job.done_at.is_(None)).limit(1)
    while time.monotonic() - began < PATIENCE:
        try:
            with house.database.reading() as session:
                if session.scalar(undone) is None:
                    return time.monotonic() - began
        except SQLAlchemyError:  # the database has just been brought back
            house.database.engine.dispose()
        threading.Event().wait(0.05)
    raise AssertionError("the outbox was not emptied")
