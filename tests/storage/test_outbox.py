"""The outbox: every job is done at least once, one contact's in their order, and nobody finishes another's."""

import threading
from datetime import timedelta
from itertools import groupby

import pytest
from sqlalchemy import func, insert, select

from storage import outbox, outgoing
from storage.db import Database
from storage.models import Job
from storage.outbox import Claimed
from storage.setting_aside import set_aside
from tests.storage.material import NOW, contact, together

LEASE = timedelta(seconds=60)
LATER = NOW + LEASE


def queue(database: Database, contacts: int, each: int = 1) -> None:
    """Jobs of so many contacts, one contact's between another's."""
    rows = [
        {"kind": outbox.SEND, "order_key": number, "run_at": NOW, "created_at": NOW}
        for _ in range(each)
        for number in range(contacts)
    ]
    with database.writing() as session:
        session.execute(insert(Job), rows)


def claim(
    database: Database, owner: str = "one", limit: int = 100, at: timedelta = timedelta()
) -> list[Claimed]:
    with database.writing() as session:
        return outbox.claim_jobs(session, owner, NOW + at, LEASE, limit)


def finish(database: Database, job: Claimed, owner: str = "one") -> bool:
    with database.writing() as session:
        return outbox.finish(session, job.id, owner, NOW)


def test_a_reply_is_queued_with_its_message(database: Database) -> None:
    who = contact(database)
    with database.writing() as session:
        message = outgoing.write(session, who, "sms", "Thanks.", NOW)
        outbox.enqueue_send(session, message, who, NOW, channel="sms")
    (job,) = claim(database)
    assert (job.kind, job.message_id, job.attempts, job.created_at) == ("send", message, 1, NOW)


def test_one_contacts_jobs_keep_their_order_under_several_workers(database: Database) -> None:
    queue(database, contacts=4, each=6)
    done: list[tuple[int, int]] = []
    writing = threading.Lock()

    def work(place: int) -> None:
        owner = f"worker-{place}"
        while True:
            with database.reading() as session:
                if outbox.next_due(session) is None:
                    return
            for job in claim(database, owner, limit=2):
                with writing:
                    done.append(((job.id - 1) % 4, job.id))
                assert finish(database, job, owner)

    together(4, work)
    assert len(done) == len(set(done)) == 24
    for _, jobs in groupby(sorted(done, key=lambda one: one[0]), lambda one: one[0]):
        order = [job for _, job in jobs]
        assert order == sorted(order)


def test_a_job_is_in_one_hand_at_a_time(database: Database) -> None:
    queue(database, contacts=40)
    hands = together(4, lambda place: claim(database, f"worker-{place}", limit=40))
    ids = [job.id for jobs in hands for job in jobs]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(claim(database)) == 40  # what was locked meanwhile is left, not lost


def test_of_one_contact_only_the_oldest_undone_job_is_claimed(database: Database) -> None:
    queue(database, contacts=2, each=3)
    assert [job.id for job in claim(database)] == [1, 2]
    assert claim(database) == []


def test_a_contact_whose_job_waits_for_another_try_waits_whole(database: Database) -> None:
    queue(database, contacts=1, each=2)
    (first,) = claim(database)
    with database.writing() as session:
        assert outbox.postpone(session, first.id, "one", NOW + timedelta(minutes=5))
    assert claim(database, at=timedelta(minutes=4)) == []
    assert [job.id for job in claim(database, at=timedelta(minutes=5))] == [first.id]


def test_a_job_whose_worker_died_is_claimed_again_after_the_lease(database: Database) -> None:
    queue(database, contacts=1)
    (lost,) = claim(database, "dead")
    assert claim(database, at=LEASE - timedelta(microseconds=1)) == []
    (again,) = claim(database, at=LEASE)
    assert (again.id, again.attempts) == (lost.id, 2)


def test_only_the_owner_finishes_or_postpones(database: Database) -> None:
    queue(database, contacts=1)
    (job,) = claim(database, "slow")
    claim(database, "quick", at=LEASE)
    with database.writing() as session:
        assert not outbox.postpone(session, job.id, "slow", NOW)
    assert not finish(database, job, "slow")
    assert finish(database, job, "quick")
    assert not finish(database, job, "quick")


def test_a_job_given_back_belongs_to_nobody(database: Database) -> None:
    queue(database, contacts=1)
    (job,) = claim(database)
    with database.writing() as session:
        outbox.postpone(session, job.id, "one", NOW)
    assert not finish(database, job)


def test_a_job_that_is_set_aside_lets_others_go_on_unless_somebody_has_taken_it(
    database: Database,
) -> None:
    queue(database, contacts=2)
    first, second = claim(database, "dead")
    with database.writing() as session:
        assert not set_aside(session, first.id, NOW, LATER)
        assert set_aside(session, first.id, LATER, LATER + LEASE)
    assert [job.id for job in claim(database, at=LEASE)] == [second.id]
    with database.writing() as session:
        assert set_aside(session, first.id, LATER + LEASE, None)
    assert [job.id for job in claim(database, at=LEASE * 2)] == [second.id]


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_no_more_are_claimed_than_asked_for(database: Database, limit: int) -> None:
    queue(database, contacts=10)
    assert [job.id for job in claim(database, limit=limit)] == list(range(1, limit + 1))


def test_no_more_are_claimed_than_asked_for_of_very_many(database: Database) -> None:
    queue(database, contacts=1500, each=2)
    assert len(claim(database, limit=4)) == 4
    with database.reading() as session:
        owned = select(func.count()).select_from(Job).where(Job.owner.is_not(None))
        assert session.scalar(owned) == 4


def test_what_is_done_never_comes_back(database: Database) -> None:
    queue(database, contacts=3)
    for job in claim(database):
        assert finish(database, job)
    assert claim(database, at=timedelta(days=365)) == []
    with database.reading() as session:
        assert outbox.next_due(session) is None


def test_when_the_next_job_is_due_is_known(database: Database) -> None:
    queue(database, contacts=2)
    claim(database, limit=1)
    with database.reading() as session:
        assert outbox.next_due(session) == NOW
    claim(database)
    with database.reading() as session:
        assert outbox.next_due(session) == LATER


def test_what_is_due_longest_comes_first(database: Database) -> None:
    queue(database, contacts=2)
    first, _ = claim(database)
    with database.writing() as session:
        outbox.postpone(session, first.id, "one", NOW + timedelta(seconds=90))
    assert [job.id for job in claim(database, limit=1, at=timedelta(seconds=95))] == [2]
