"""What goes wrong, a function each: it is called while residents write, and returns when nothing is wrong any more."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from storage import schema
from storage.contacts import find_contact
from storage.messages import IN
from storage.models import InterviewRow, MessageRow
from tests.drills.databases import LeftOut, fill
from tests.drills.drill import Drill, Kind
from tests.drills.house import WEB, WORKER, turns
from tests.drills.outside import BROKEN, BUSY, DOWN, UNKNOWN
from tests.drills.people import SMS, TELEGRAM

KILLS = 4
AWAY = 6.0  # seconds that a database or a disk is away
ONE_IN = 50  # of what a channel sends
BAD = 4.0  # seconds of each of a provider's moods
FAKETIME = "libfaketime.so.1"
NOW = "+0"
SOME = 20  # messages; what is in hand when a clock is turned may be dated by either
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def kill(drill: Drill) -> None:
    """kill -9 of the web or the worker at random moments; each is started again at once."""
    names = turns(drill.house, drill.chance, KILLS)
    for number, name in enumerate(names, start=1):
        part = number / KILLS
        drill.load.allow(part)
        drill.load.reach(drill.chance.uniform(part - 0.9 / KILLS, part - 0.3 / KILLS))
        drill.strike(not drill.load.done, f"the {name} killed")
        drill.house.kill(name)


def database(drill: Drill) -> None:
    """PostgreSQL crashes and comes back; SQLite's file is locked by another program for as long."""
    for moment in drill.moments(2, 0.2, 0.8):
        drill.load.reach(moment)
        gone, wanted = threading.Event(), threading.Event()
        thief = threading.Thread(target=drill.home.take_away, args=(gone, wanted))
        thief.start()
        gone.wait()
        away = AWAY * (2 if drill.home.kind == "sqlite" else 1)  # it waits for 10 s
        drill.hold_on(away / 2)
        before = drill.load.acknowledged
        drill.hold_on(away / 2)
        still = drill.load.acknowledged == before and not drill.load.done
        drill.strike(still, "the database away")
        wanted.set()
        thief.join()


def disk(drill: Drill) -> None:
    """The database's disk fills up to the last byte, and is given room again."""
    for moment in drill.moments(2, 0.2, 0.8):
        drill.load.reach(moment)
        ballast = fill(drill.disk)
        before = drill.load.refused
        drill.load.wait_for(lambda seen=before: drill.load.refused > seen or drill.load.done)
        drill.strike(drill.load.refused > before, "the disk full")
        drill.hold_on(AWAY)
        ballast.unlink()
        drill.home.see_to()


def provider(drill: Drill) -> None:
    """The providers are slow, down, busy (429) and broken (5xx), one after the other."""
    mood = drill.outside.mood
    for moment, kind in zip(drill.moments(4), ("slow", DOWN, BUSY, BROKEN), strict=True):
        drill.load.reach(moment)
        mood.kind = "" if kind == "slow" else kind
        drill.outside.slow(1.5 if kind == "slow" else 0.0)
        before = len(mood.taken)
        drill.hold_on(BAD)
        felt = len(mood.taken) > before if kind == "slow" else mood.hurt[kind] > 0
        drill.strike(felt, f"the providers {kind}")
        mood.kind = ""
        drill.outside.slow(0.0)


def unknown(drill: Drill) -> None:
    """Now and then a provider takes a message, and the connection is cut before it has said so."""
    mood = drill.outside.mood
    mood.every, mood.kind = ONE_IN, UNKNOWN
    drill.load.reach(0.9)
    mood.kind = ""
    for channel in (SMS, TELEGRAM):
        drill.strike(mood.unknown[channel] > 0, f"an answer of {channel} cut off")
    drill.faults = mood.unknown.total()


def webhooks(drill: Drill) -> None:
    """Messages come twice, out of order, at once and with strange content; and one person's meet a bug of ours."""
    drill.load.reach(0.3)
    drill.strike(drill.wait_until(lambda: _break_one(drill)), "a bug of ours")
    drill.load.reach(0.9)
    drill.strike(drill.load.again > 0, "messages that came once more")


def _break_one(drill: Drill) -> bool:
    """Break the answers of somebody who is in the middle of an interview; whether there was one."""
    for channel, address in {(one.channel, one.address) for one in drill.load.deliveries}:
        with drill.house.database.writing() as session:
            contact = find_contact(session, channel, address)
            theirs = select(InterviewRow.id).where(InterviewRow.status == "waiting")
            mine = contact and session.scalar(theirs.where(InterviewRow.contact_id == contact.id))
            if not mine:
                continue
            broken = text("UPDATE answers SET given = 'asleep' WHERE interview_id = :mine")
            if session.execute(broken, {"mine": mine}).rowcount:  # type: ignore[attr-defined]
                drill.apart.add((channel, address))
                return True
    return False


def clocks(drill: Drill) -> None:
    """The machine's clock jumps an hour ahead, two back, and to where it should be.

    Where the database has a clock of its own, that one dates whatever comes, and nothing else.
    """
    hand = Path(drill.house.environ["FAKETIME_TIMESTAMP_FILE"])
    moments, shared = drill.moments(3), drill.home.kind == "postgresql"
    for moment, hours in zip(moments, (1, -1, 0), strict=True):
        drill.load.reach(moment)
        _turn(hand, f"{3600 * hours:+}s" if hours else NOW)
        turned = _hours_off(_time_told(drill.house.environ)) == hours
        behind, dated = _newest(drill)[0] + SOME, 0 if shared else hours
        felt = drill.wait_until(lambda at=behind, wanted=dated: _is_dated(drill, at, wanted))
        drill.strike(turned and felt, f"a clock that is {hours} hours off")


def _is_dated(drill: Drill, behind: int, hours: int) -> bool:
    """Whether some more has come since, and the newest is dated so far off."""
    number, at = _newest(drill)
    return number > behind and _hours_off(at) == hours


def _newest(drill: Drill) -> tuple[int, datetime]:
    with drill.house.database.reading() as session:
        newest = select(MessageRow.id, MessageRow.at).where(MessageRow.direction == IN)
        found = session.execute(newest.order_by(MessageRow.id.desc()).limit(1)).first()
    return (found.id, found.at) if found else (0, EPOCH)


def _hours_off(at: datetime) -> int:
    """How far it is from now."""
    return round((at - datetime.now(UTC)).total_seconds() / 3600)


def _time_told(environ: Mapping[str, str]) -> datetime:
    """The time that a process with this environment is told."""
    told = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env={**os.environ, **environ},
        capture_output=True,
        check=True,
    )
    return datetime.fromtimestamp(float(told.stdout), UTC)


def _turn(hand: Path, to: str) -> None:
    """At once, and never half written."""
    new = hand.with_suffix(".new")
    new.write_text(f"{to}\n")
    new.replace(hand)


def with_a_clock(folder: Path) -> Mapping[str, str]:
    """The environment of processes whose clock can be turned."""
    found = next(iter(sorted(Path("/usr/lib").glob(f"**/faketime/{FAKETIME}"))), None)
    if found is None:
        raise LeftOut("clocks cannot be turned: apt install libfaketime")
    hand = folder / "hand"
    hand.write_text(f"{NOW}\n")
    return {
        "LD_PRELOAD": str(found).replace(FAKETIME, "libfaketimeMT.so.1"),
        "FAKETIME_TIMESTAMP_FILE": str(hand),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def deployment(drill: Drill) -> None:
    """A newer version is put in place: its migration runs beside the old processes, which are then relieved."""
    load, house = drill.load, drill.house
    load.reach(0.2)
    house.run("db", "upgrade")
    load.reach(0.4)
    script = ScriptDirectory.from_config(schema.config())
    newest = script.get_revision(schema.head() or "")
    schema.downgrade(house.database.engine, str(newest.down_revision))
    house.run("db", "upgrade")
    for name in (WORKER, WEB):
        _expect(drill, house.relieve(name))
        drill.faults += 1
    load.reach(0.8)
    _expect(drill, house.relieve(WEB))
    drill.faults += 1


def _expect(drill: Drill, code: int) -> None:
    if code not in (0, -signal.SIGTERM):
        drill.wrong.append(f"a process ended with {code}")


KINDS = {
    kind.name: kind
    for kind in (
        Kind("kill", "kill -9 of web and worker", kill),
        Kind("database", "PostgreSQL crashed; SQLite locked", database),
        Kind("disk", "the disk full", disk, small=True),
        Kind("provider", "provider slow, down, 429, 5xx", provider),
        Kind("unknown", "provider cuts after taking", unknown, strict=False),
        Kind("webhooks", "repeated, at once, poison", webhooks, wild=True),
        Kind("clocks", "clocks that jump", clocks, more=with_a_clock),
        Kind("deployment", "migration and restart", deployment),
    )
}
