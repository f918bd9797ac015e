"""The drills that are quick enough for every run of the tests: a small crowd, one fault, the whole accounts."""

import json
import random
import threading
from base64 import b64encode
from collections import Counter
from pathlib import Path

import pytest

from bot.hands import HANDS  # so many messages a worker may have in hand when it is killed
from tests.drills import faults
from tests.drills.accounts import Accounts
from tests.drills.drill import Drill, Kind, Result, run
from tests.drills.house import WEB, WORKER
from tests.drills.outside import BROKEN, BUSY, DOWN, UNKNOWN, DrillTwilio, Mood, Taken
from tests.drills.people import Resident
from tests.drills.replies import Told, followed
from tests.drills.report import write
from tests.support.providers import Call

FEW = 6  # residents


def kill_each_once(drill: Drill) -> None:
    for share, name in ((0.3, WEB), (0.6, WORKER)):
        drill.load.reach(share)
        drill.strike(not drill.load.done, f"the {name} killed")
        drill.house.kill(name)
    drill.load.reach(1.0)
    drill.let_go()


def crash_the_server(drill: Drill) -> None:
    drill.load.reach(0.4)
    gone, wanted = threading.Event(), threading.Event()
    thief = threading.Thread(target=drill.home.take_away, args=(gone, wanted))
    thief.start()
    gone.wait()
    before = drill.load.refused
    drill.load.wait_for(lambda: drill.load.refused > before)
    drill.strike(drill.load.refused > before, "the crash")
    wanted.set()
    thief.join()
    drill.load.reach(1.0)
    drill.let_go()


def test_web_and_worker_killed_under_load_lose_nothing() -> None:
    few = Kind("kill", "each once", kill_each_once, strict=False)
    found = run(few, "sqlite", residents=FEW, rate=None, seed=1, spare=HANDS)
    assert found.accounts.wrong == []
    assert (found.accounts.lost, found.accounts.astray, found.faults) == (0, 0, 2)


def test_a_database_server_that_crashes_under_load_loses_nothing() -> None:
    few = Kind("database", "once", crash_the_server, apart=False, strict=False)
    found = run(few, "postgresql", residents=FEW, rate=None, seed=1, spare=HANDS)
    assert found.accounts.wrong == []
    assert found.refused > 0


@pytest.mark.parametrize(
    ("arrived", "missing", "out_of_order"),
    [
        ("abc", 0, 0),
        ("abbc", 0, 0),
        ("ab", 1, 0),
        ("acb", 0, 2),
        ("", 3, 0),
        ("abca", 0, 1),
    ],
)
def test_the_accounts_see_what_is_missing_and_what_is_out_of_order(
    arrived: str, missing: int, out_of_order: int
) -> None:
    told = Told(said=[(number, "sent", words) for number, words in enumerate("abc")])
    taken = [Taken("sms", "+1", words, None) for words in arrived]
    assert followed(told, taken) == (missing, out_of_order)


def test_of_so_many_sendings_by_a_channel_one_is_hit() -> None:
    mood = Mood(random.Random(1), UNKNOWN, every=50)
    for channel in ("sms", "telegram"):
        hits = [mood.strikes(channel) == UNKNOWN for _ in range(500)]
        assert [sum(hits[at : at + 50]) for at in range(0, 500, 50)] == [1] * 10


def test_the_log_of_a_provider_knows_what_it_took_and_nothing_else() -> None:
    asked = "/2010-04-01/Accounts/AC/Messages.json".replace("AC", DrillTwilio.SID)
    call = Call(asked, {"To": "+14045550123", "Body": "hello"})
    shown = b64encode(f"{DrillTwilio.SID}:{DrillTwilio.TOKEN}".encode()).decode()
    mood = Mood(random.Random(1))
    twilio = DrillTwilio(mood)
    kept = []
    for kind in (DOWN, BUSY, BROKEN, UNKNOWN, ""):
        mood.kind = kind
        twilio.answer(call, {"Authorization": f"Basic {shown}"})
        kept.append((len(twilio.log), len(mood.taken), mood.unknown["sms"]))
    twilio.close()
    assert kept == [(0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 1, 1), (2, 2, 1)]


def test_every_drill_of_the_issue_is_there() -> None:
    names = {"kill", "database", "disk", "provider", "unknown", "webhooks", "clocks", "deployment"}
    assert set(faults.KINDS) == names


def test_what_residents_say_is_the_same_for_the_same_seed() -> None:
    first, again = (
        [[one.words for one in turn] for turn in Resident(3, random.Random(5)).turns()]
        for _ in range(2)
    )
    assert first == again


def test_the_report_is_kept_as_json(tmp_path: Path) -> None:
    accounts = Accounts(replies=2, by_channel=Counter(sms=2), repeats=Counter(sms=0))
    path = tmp_path / "build" / "drills.json"
    write([Result("kill", "sqlite", accounts, 1, 0, {"sms": 1}, 0.5, 1.0, 1.0)], path)
    (kept,) = json.loads(path.read_text(encoding="utf-8"))
    assert (kept["accounts"]["by_channel"], kept["unknown"]) == ({"sms": 2}, {"sms": 1})
