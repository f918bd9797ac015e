"""The queues of the outbox: answers, then reminders, then broadcasts; each channel for itself, one person in order."""

from datetime import datetime, timedelta

from storage import outbox, outgoing, ranks
from storage.db import Database
from storage.models import Job
from storage.outbox import BROADCAST, CONFIRM, REMIND, SEND
from tests.storage.material import NOW, contact

LEASE = timedelta(seconds=60)


def queue(
    database: Database, kind: str, who: int, channel: str = "sms", run_at: datetime = NOW
) -> int:
    with database.writing() as session:
        message = outgoing.write(session, who, channel, "Words.", NOW)
        outbox.enqueue_send(session, message, who, NOW, kind, channel=channel, run_at=run_at)
        return message


def people(database: Database, number: int) -> list[int]:
    return [contact(database, f"+1404555{place:04d}") for place in range(number)]


def order(database: Database, number: int, shut: frozenset[ranks.Queue] = frozenset()) -> list[str]:
    """The kinds of what is claimed one after the other, and done."""
    kinds = []
    for _ in range(number):
        with database.writing() as session:
            for job in outbox.claim_jobs(session, "one", NOW, LEASE, 1, shut=shut):
                outbox.finish(session, job.id, "one", NOW)
                kinds.append(job.kind)
    return kinds


def test_answers_go_before_reminders_and_those_before_broadcasts(database: Database) -> None:
    one, two, three, four, five = people(database, 5)
    queue(database, BROADCAST, one)
    with database.writing() as session:
        outbox.enqueue_away(session, outbox.DISCARD, "a-file", NOW - LEASE)
    queue(database, REMIND, two)
    queue(database, SEND, three)
    queue(database, CONFIRM, four)
    queue(database, SEND, five, "telegram")
    assert order(database, 9) == [CONFIRM, SEND, SEND, REMIND, BROADCAST, outbox.DISCARD]


def test_what_is_cleared_at_the_provider_holds_up_no_other_slow_work(database: Database) -> None:
    others = [kind for kind in outbox.SLOW if kind != outbox.CLEAR]
    with database.writing() as session:
        for number in range(3):
            outbox.enqueue_away(session, outbox.CLEAR, f"message {number}", NOW - LEASE)
        for kind in others:
            outbox.add_slow(session, kind, NOW)
    found = order(database, len(outbox.SLOW) + 2)
    assert (sorted(found[:-3]), found[-3:]) == (sorted(others), [outbox.CLEAR] * 3)


def test_an_answer_does_not_wait_behind_a_broadcast_to_the_same_person(database: Database) -> None:
    (who,) = people(database, 1)
    queue(database, BROADCAST, who, run_at=NOW + timedelta(days=1))
    queue(database, SEND, who)
    queue(database, SEND, who)
    assert order(database, 3) == [SEND, SEND]


def test_a_broadcast_waits_for_the_answers_before_it(database: Database) -> None:
    (who,) = people(database, 1)
    queue(database, SEND, who, run_at=NOW + LEASE)
    queue(database, BROADCAST, who)
    assert order(database, 2) == []


def test_answers_to_one_person_stay_in_order(database: Database) -> None:
    (who,) = people(database, 1)
    first, second = (queue(database, SEND, who) for _ in range(2))
    with database.writing() as session:
        (job,) = outbox.claim_jobs(session, "one", NOW, LEASE, 5)
        outbox.postpone(session, job.id, "one", NOW + LEASE)
        assert outbox.claim_jobs(session, "two", NOW, LEASE, 5) == []
        again = outbox.claim_jobs(session, "two", NOW + LEASE, LEASE, 5)
    assert [job.message_id, again[0].message_id] == [first, first]
    assert second > first


def test_the_last_step_of_an_erasure_comes_behind_all(database: Database) -> None:
    (who,) = people(database, 1)
    queue(database, REMIND, who, run_at=NOW + LEASE)
    with database.writing() as session:
        outbox.enqueue_forget(session, who, NOW, NOW)
    assert order(database, 1) == []


def test_a_lane_that_is_shut_holds_up_no_other(database: Database) -> None:
    one, two = people(database, 2)
    queue(database, SEND, one, "sms")
    queue(database, BROADCAST, two, "telegram")
    shut = frozenset(("sms", rank) for rank in ranks.SENT_IN)
    assert order(database, 2, shut) == [BROADCAST]
    with database.reading() as session:
        assert outbox.next_due(session, shut=shut) is None
        assert outbox.next_due(session) == NOW


def test_a_channel_that_has_no_lane_is_sent_all_the_same(database: Database) -> None:
    (who,) = people(database, 1)
    for kind in (BROADCAST, REMIND, SEND):
        queue(database, kind, who, "carrier pigeon")
    assert order(database, 3) == [SEND, REMIND, BROADCAST]


def test_a_stop_takes_broadcasts_out_too(database: Database) -> None:
    (who,) = people(database, 1)
    message = queue(database, BROADCAST, who)
    with database.writing() as session:
        assert outbox.cancel(session, who, NOW) == [message]
    assert order(database, 1) == []


def test_what_is_given_back_untried_counts_as_no_try(database: Database) -> None:
    (who,) = people(database, 1)
    queue(database, SEND, who)
    for _ in range(3):
        with database.writing() as session:
            (job,) = outbox.claim_jobs(session, "one", NOW, LEASE, 1)
            outbox.postpone(session, job.id, "one", NOW, tried=False)
    with database.reading() as session:
        assert session.get_one(Job, 1).attempts == 0
