"""The drills that are quick enough for every run of the tests: a small crowd, one fault, the whole accounts."""

import random
import threading

import pytest

from bot.hands import HANDS  # so many messages a worker may have in hand when it is killed
from tests.drills import faults
from tests.drills.drill import Drill, Kind, run
from tests.drills.house import WEB, WORKER
from tests.drills.outside import Taken
from tests.drills.people import Resident
from tests.drills.replies import Told, followed

FEW = 6  # residents


def kill_each_once(drill: Drill) -> None:
    for share, name in ((0.3, WEB), (0.6, WORKER)):
        drill.load.reach(share)
        drill.house.kill(name)
        drill.faults += 1
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


def test_every_drill_of_the_issue_is_there() -> None:
    names = {"kill", "database", "disk", "provider", "unknown", "webhooks", "clocks", "deployment"}
    assert set(faults.KINDS) == names


def test_what_residents_say_is_the_same_for_the_same_seed() -> None:
    first, again = (
        [[one.words for one in turn] for turn in Resident(3, random.Random(5)).turns()]
        for _ in range(2)
    )
    assert first == again
