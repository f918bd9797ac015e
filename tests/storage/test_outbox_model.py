"""The outbox against a list in memory: whatever workers do in whatever order, both agree on who holds what."""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from storage import outbox
from storage.db import open_database
from storage.models import Job
from tests.conftest import KEY
from tests.storage.material import NOW

LEASE = timedelta(seconds=60)
OWNERS = st.sampled_from(["one", "two"])
PLACES = st.integers(0, 7)


@dataclass
class Known:
    """A job as the model knows it."""

    id: int
    contact: int
    run_at: datetime
    owner: str | None = None
    done: bool = False


class Workers(RuleBasedStateMachine):
    """Two workers on one database, and a list that says what must be true of it."""

    migrated: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.migrated, f"{self.folder.name}/testimony.db")
        self.database = open_database(f"sqlite:///{self.folder.name}/testimony.db", [KEY])
        self.now, self.jobs = NOW, list[Known]()

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def first_ones(self) -> Collection[Known]:
        """Of each contact the oldest job that is not done: the others stand behind it."""
        undone = [job for job in self.jobs if not job.done]
        return {job.contact: job for job in reversed(undone)}.values()

    @rule(contact=st.integers(1, 3))
    def enqueue(self, contact: int) -> None:
        with self.database.writing() as session:
            job = Job(kind="send", order_key=contact, run_at=self.now, created_at=self.now)
            session.add(job)
            session.flush()
            self.jobs.append(Known(job.id, contact, self.now))

    @rule(seconds=st.sampled_from([1, 30, 60]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(owner=OWNERS, limit=st.integers(1, 4))
    def claim(self, owner: str, limit: int) -> None:
        due = [job for job in self.first_ones() if job.run_at <= self.now]
        due = sorted(due, key=lambda job: (job.run_at, job.id))[:limit]
        with self.database.writing() as session:
            claimed = outbox.claim_jobs(session, owner, self.now, LEASE, limit)
        assert {job.id for job in claimed} == {job.id for job in due}
        for job in due:
            job.owner, job.run_at = owner, self.now + LEASE

    @rule(owner=OWNERS, place=PLACES)
    def finish(self, owner: str, place: int) -> None:
        for job in self.jobs[place : place + 1]:
            mine = job.owner == owner and not job.done
            with self.database.writing() as session:
                assert outbox.finish(session, job.id, owner, self.now) is mine
            if mine:
                job.owner, job.done = None, True

    @rule(owner=OWNERS, place=PLACES, seconds=st.sampled_from([0, 45]))
    def postpone(self, owner: str, place: int, seconds: int) -> None:
        for job in self.jobs[place : place + 1]:
            mine = job.owner == owner and not job.done
            again = self.now + timedelta(seconds=seconds)
            with self.database.writing() as session:
                assert outbox.postpone(session, job.id, owner, again) is mine
            if mine:
                job.owner, job.run_at = None, again

    @rule()
    def look(self) -> None:
        waiting = [job.run_at for job in self.first_ones()]
        with self.database.reading() as session:
            assert outbox.next_due(session) == min(waiting, default=None)


def test_the_outbox_and_a_list_in_memory_agree(migrated_sqlite: Path) -> None:
    machine = type("Here", (Workers,), {"migrated": migrated_sqlite})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=20, stateful_step_count=20, deadline=None)
    )
