"""A town in trouble, for tests of the page of alerts: one function for each thing that can go wrong."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from office import KEY
from sqlalchemy import select, text
from town import Town

from storage import audit, messages, outbox, outgoing
from storage.db import Database
from storage.exports import register
from storage.models import ExportRow, InterviewRow, Job, MessageRow
from storage.pulse import COMMIT, LAST
from storage.vault import Vault


def calm(town: Town) -> None:
    """The disk has been quick enough: where these tests run with others, it may be slow in truth."""
    for _ in range(LAST):
        town.database.pulse.note(COMMIT, 0.001)


def late(town: Town) -> None:
    """Nobody sends what was queued ten minutes ago."""
    queue(town, 3, timedelta(minutes=10))


def slow_work(town: Town) -> None:
    ago = town.clock() - timedelta(hours=2)
    with town.database.writing() as session:
        outbox.enqueue_away(session, outbox.DISCARD, "a-file", ago)


def refusing(town: Town) -> None:
    """The provider takes nothing, and all is tried again later."""
    queue(town, 2, timedelta(0))
    with town.database.writing() as session:
        for job in session.scalars(select(Job).where(Job.done_at.is_(None))):
            job.attempts, job.run_at = 2, town.clock() + timedelta(minutes=5)
        for row in session.scalars(select(MessageRow).where(MessageRow.status == messages.QUEUED)):
            row.error = "Twilio 20003"


def lost(town: Town) -> None:
    """A dozen messages that a carrier held back within the hour."""
    queue(town, 12, timedelta(0))
    with town.database.writing() as session:
        session.execute(text("UPDATE outbox SET done_at = created_at"))
        for row in session.scalars(select(MessageRow).where(MessageRow.status == messages.QUEUED)):
            outgoing.advance(session, row.id, messages.UNDELIVERED, error="Twilio 30007")


def faulty(town: Town) -> None:
    with town.database.writing() as session:
        messages.call_attention(session, town.ids[0], "KeyError in answer, line 41")


def slow(town: Town) -> None:
    for _ in range(LAST):
        town.database.pulse.note(COMMIT, 0.8)


def failed_export(town: Town) -> None:
    with town.database.writing() as session:
        row = ExportRow(way=register.KEPT, flow="street", form="csv", asked={})
        row.status, row.error, row.asked_at = register.FAILED, "RuntimeError", town.clock()
        session.add(row)


def missed(town: Town) -> None:
    """Twilio's log told of two messages that no webhook had."""
    with town.database.writing() as session:
        audit.record(session, town.clock(), "reconcile", "twilio", None, received=2, moved=1)


def behind(town: Town) -> None:
    with town.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))


def queue(town: Town, number: int, ago: timedelta) -> None:
    """So many replies to the first resident, queued a while ago."""
    with town.database.writing() as session:
        contact = session.scalars(select(InterviewRow.contact_id)).first() or 0
        for _ in range(number):
            then = town.clock() - ago
            written = outgoing.write(session, contact, "sms", "A reply", then)
            outbox.enqueue_send(session, written, contact, then, channel="sms")


def with_keys(database: Database, *keys: bytes) -> Database:
    """The same database, opened with other keys."""
    return Database(database.engine, Vault(list(keys)))


OTHER = bytes(reversed(KEY))
TROUBLES: Mapping[str, tuple[Callable[[Town], None], str]] = {
    "late": (late, "Replies do not go out"),
    "slow work": (slow_work, "Files and exports wait"),
    "refusing": (refusing, "SMS does not take messages"),
    "lost": (lost, "Many messages do not arrive"),
    "faulty": (faulty, "The program failed at 1 message"),
    "slow": (slow, "The database is slow"),
    "missed": (missed, "Messages came in while the service was away"),
    "failed export": (failed_export, "1 export of this week failed"),
    "behind": (behind, "The database is not at the program's version"),
}
