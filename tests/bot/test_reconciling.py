"""What Twilio received while nobody was here comes in by its log: in order, once, and whatever else goes on."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.twilio_log import LogUnread
from bot.reconciling import OUTAGE, Reconciled, beat, reconcile
from storage.models import AuditEvent, Job, MessageRow
from tests.bot.conftest import ON_SQLITE, PUBLIC_URL, RESIDENT, Service, Serving
from tests.bot.test_commands_shell import run
from tests.storage.material import together
from tests.support.providers import CUT, Answer, TwilioServer

OTHER = "+14045550188"
SERVICE = "MG" + "2" * 32
DAY = timedelta(days=1)


def sid(number: int) -> str:
    return f"SM{number:032d}"


def missed(service: Service, twilio: TwilioServer, *texts: str, sender: str = RESIDENT) -> None:
    """Somebody texts while we are away, a minute between two."""
    for text in texts:
        service.clock.forward(minutes=1)
        twilio.receives(sid(700 + len(twilio.log)), text, sender, service.clock())


def since(service: Service) -> datetime:
    return service.clock() - DAY


def received(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "in"]


def test_what_was_missed_comes_in_in_the_order_of_its_dates(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    missed(service, twilio, "yes", "Atlanta")
    missed(service, twilio, "RIGHTS", sender=OTHER)
    assert reconcile(service.services, since(service)) == Reconciled(received=3)
    service.drain()
    assert service.heard == ["RIGHTS", "yes", "Atlanta", "RIGHTS"]
    assert "Atlanta" in service.told.values()
    assert [row.sent_at is not None for row in received(service)] == [False, True, True, True]


def test_it_does_nothing_the_second_time(service: Service, twilio: TwilioServer) -> None:
    missed(service, twilio, "RIGHTS", "yes")
    reconcile(service.services, since(service))
    before = service.counts()
    assert reconcile(service.services, since(service)) == Reconciled()
    assert service.counts() == before


def test_what_a_webhook_brought_is_passed_over_and_the_other_way_round(
    service: Service, twilio: TwilioServer
) -> None:
    missed(service, twilio, "RIGHTS")
    assert service.sms("RIGHTS", MessageSid=sid(700)) == 200
    assert reconcile(service.services, since(service)) == Reconciled()
    missed(service, twilio, "yes")
    assert reconcile(service.services, since(service)) == Reconciled(received=1)
    assert service.sms("yes", MessageSid=sid(701)) == 200
    assert service.heard == ["RIGHTS", "yes"]


def test_several_at_once_take_each_message_once(service: Service, twilio: TwilioServer) -> None:
    missed(service, twilio, "RIGHTS", "yes", "Atlanta")
    found = together(3, lambda _: reconcile(service.services, since(service)).received)
    assert sum(found) == 3
    assert sorted(service.heard) == ["Atlanta", "RIGHTS", "yes"]


@ON_SQLITE
def test_it_reads_every_page_and_every_day(service: Service, twilio: TwilioServer) -> None:
    twilio.most_on_a_page = 2
    for day in range(3):
        missed(service, twilio, *(f"{day} {number}" for number in range(5)))
        service.clock.forward(days=1)
    assert reconcile(service.services, service.clock() - 4 * DAY).received == 15
    assert service.heard == [f"{day} {number}" for day in range(3) for number in range(5)]


@ON_SQLITE
def test_within_a_second_the_order_of_the_log_counts(
    service: Service, twilio: TwilioServer
) -> None:
    for number, text in enumerate(("RIGHTS", "yes", "Atlanta")):
        twilio.receives(sid(700 + number), text, RESIDENT, service.clock())
    reconcile(service.services, since(service))
    assert service.heard == ["RIGHTS", "yes", "Atlanta"]


@ON_SQLITE
def test_what_others_do_with_the_account_is_none_of_ours(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.receives(sid(1), "for a pizza", RESIDENT, service.clock(), to="+15005550001")
    twilio.receives(sid(2), "RIGHTS", RESIDENT, service.clock())
    whatsapp = f"whatsapp:{twilio.NUMBER}"
    twilio.receives(sid(3), "RIGHTS", f"whatsapp:{OTHER}", service.clock(), to=whatsapp)
    assert reconcile(service.services, since(service)).received == 2
    assert service.heard == ["RIGHTS", "RIGHTS"]


@ON_SQLITE
def test_the_numbers_of_a_messaging_service_are_ours(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = serving(TWILIO_FROM="", TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    twilio.pool = ["+15005550007", "+15005550008"]
    for number, to in enumerate((*twilio.pool, "+15005550009")):
        twilio.receives(sid(number), to, RESIDENT, service.clock(), to=to)
    assert reconcile(service.services, since(service)).received == 2
    assert service.heard == twilio.pool


@ON_SQLITE
def test_files_come_too(service: Service, twilio: TwilioServer) -> None:
    twilio.hold(b"not a picture")
    service.talk("RIGHTS", "yes")
    twilio.receives("MM" + f"{1:032x}", "look", RESIDENT, service.clock(), files=1)
    assert reconcile(service.services, since(service)).received == 1
    assert [job.kind for job in service.rows(Job) if job.kind == "fetch"] == ["fetch"]


def test_a_stop_that_was_missed_stops(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS")
    missed(service, twilio, "STOP")
    reconcile(service.services, since(service))
    assert service.stopped == ["stop"]


def test_what_became_of_ours_is_learnt_too_and_nothing_goes_back(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes", "Atlanta")
    first, second, third = (row["sid"] for row in twilio.log)
    twilio.becomes(first, "delivered")
    twilio.becomes(second, "undelivered", 30003)
    twilio.becomes(third, "sent")
    assert reconcile(service.services, since(service)) == Reconciled(moved=2)
    ours = [row for row in service.rows(MessageRow) if row.direction == "out"]
    assert [row.status for row in ours] == ["delivered", "undelivered", "sent"]
    assert ours[1].error == "Twilio 30003"
    twilio.becomes(first, "sent")
    assert reconcile(service.services, since(service)) == Reconciled()


def test_it_is_written_down(service: Service, twilio: TwilioServer) -> None:
    reconcile(service.services, since(service))
    missed(service, twilio, "RIGHTS")
    reconcile(service.services, since(service))
    (noted,) = [row for row in service.rows(AuditEvent) if row.action == "reconcile"]
    assert noted.detail == {"received": 1, "moved": 0}


@ON_SQLITE
@pytest.mark.parametrize(
    ("failure", "ours"),
    [
        (TwilioServer.refusal(401, 20003), True),
        (TwilioServer.refusal(503, 20503), False),
        (Answer(429, {}, {"Retry-After": "7"}), False),
        (Answer(200, "no page"), False),
        (CUT, False),
    ],
    ids=["401", "503", "429", "nonsense", "cut"],
)
def test_what_came_in_before_it_failed_is_kept_and_it_goes_on_from_there(
    service: Service, twilio: TwilioServer, failure: Any, ours: bool
) -> None:
    missed(service, twilio, "RIGHTS")
    service.clock.forward(days=1)
    missed(service, twilio, "yes")
    first = twilio.answer

    def fail_later(call: Any, headers: Any) -> Answer:
        answer = first(call, headers)
        twilio.answers.extend([failure] if len(twilio.looked_up) == 1 else [])
        return answer

    twilio.answer = fail_later  # type: ignore[method-assign]
    with pytest.raises(LogUnread) as told:
        reconcile(service.services, since(service) - DAY)
    assert (told.value.ours, RESIDENT in str(told.value)) == (ours, False)
    twilio.answers.clear()
    twilio.answer = first  # type: ignore[method-assign]
    reconcile(service.services, since(service) - DAY)
    assert service.heard == ["RIGHTS", "yes"]


def test_after_an_outage_it_runs_by_itself(service: Service, twilio: TwilioServer) -> None:
    assert not beat(service.services)  # the first time there is nothing to compare with
    service.clock.forward(seconds=60)
    assert not beat(service.services)
    service.talk("RIGHTS")
    missed(service, twilio, "yes", "Atlanta")
    service.clock.forward(hours=5)
    assert beat(service.services)
    assert not beat(service.services)
    service.drain()
    assert service.heard == ["RIGHTS", "yes", "Atlanta"]
    assert all(job.done_at for job in service.rows(Job))


@ON_SQLITE
def test_while_one_is_queued_another_is_not(service: Service) -> None:
    beat(service.services)
    for _ in range(3):
        service.clock.forward(seconds=OUTAGE.total_seconds() + 1)
        beat(service.services)
    assert [job.kind for job in service.rows(Job)] == ["reconcile"]


def test_an_outage_while_one_is_in_hand_has_its_own(service: Service, twilio: TwilioServer) -> None:
    """What is at work may have read the day's log already, and what comes in then is not in what it has read."""
    beat(service.services)
    service.clock.forward(hours=1)
    assert beat(service.services)
    twilio.open.clear()
    at_work = threading.Thread(target=service.sender.run_once)
    at_work.start()
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    service.clock.forward(seconds=OUTAGE.total_seconds() + 1)
    try:
        assert beat(service.services)
    finally:
        twilio.open.set()
        at_work.join()
    missed(service, twilio, "RIGHTS")
    service.drain()
    assert service.heard == ["RIGHTS"]
    assert [job.done_at is None for job in service.rows(Job) if job.kind == "reconcile"] == [
        False,
        False,
    ]


@ON_SQLITE
def test_by_itself_it_is_tried_again_until_twilio_answers(
    service: Service, twilio: TwilioServer
) -> None:
    beat(service.services)
    missed(service, twilio, "RIGHTS")
    service.clock.forward(hours=1)
    beat(service.services)
    twilio.answers.extend([TwilioServer.refusal(401, 20003), CUT])
    for _ in range(4):
        service.drain()
        service.clock.forward(minutes=10)
    assert service.heard == ["RIGHTS"]


def test_a_clock_that_was_set_back_is_no_outage(service: Service) -> None:
    beat(service.services)
    service.clock.forward(hours=-3)
    assert not beat(service.services)
    service.clock.forward(hours=3)
    assert not beat(service.services)


@pytest.fixture
def given(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "PUBLIC_URL": PUBLIC_URL}


@ON_SQLITE
class TestTheCommand:
    """``testimony reconcile``, which goes by the real clock."""

    def test_brings_in_and_says_how_many(self, given: dict[str, str], twilio: TwilioServer) -> None:
        at = datetime.now().astimezone() - timedelta(hours=1)
        twilio.receives(sid(1), "RIGHTS", RESIDENT, at)
        first = run("reconcile", **given)
        assert (first.exit_code, "brought in: 1." in first.stdout) == (0, True)
        again = run("reconcile", "--since", f"{at - DAY:%Y-%m-%d}", **given)
        assert (again.exit_code, "brought in: 0." in again.stdout) == (0, True)

    @pytest.mark.parametrize(
        ("failure", "code", "says"),
        [
            (TwilioServer.refusal(401, 20003), 2, "TWILIO_AUTH_TOKEN"),
            (Answer(429, {}, {"Retry-After": "7"}), 1, "wait for 7 seconds"),
            (CUT, 1, "Run it again"),
        ],
    )
    def test_says_what_is_wrong(
        self, given: dict[str, str], twilio: TwilioServer, failure: Any, code: int, says: str
    ) -> None:
        twilio.answers.append(failure)
        result = run("reconcile", **given)
        assert (result.exit_code, says in result.stderr) == (code, True), result.output

    def test_refuses_what_it_cannot_do(self, given: dict[str, str]) -> None:
        for words in (("--since", "2999-01-01"), ("--since", "1999-01-01"), ("--since", "soon")):
            assert run("reconcile", *words, **given).exit_code == 2
        without = {name: "" for name in given if name.startswith("TWILIO_")}
        assert run("reconcile", **{**given, **without}).exit_code == 2
