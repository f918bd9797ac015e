"""What was done long ago leaves the outbox; what is young, or still to be done, stays however old."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from storage import outbox, thinning
from storage.db import Database
from storage.models import Job
from tests.bot.conftest import ON_POSTGRESQL
from tests.storage.material import NOW

LATER = NOW + thinning.KEPT
SECOND = timedelta(seconds=1)


def queue(database: Database, *jobs: tuple[datetime, datetime | None]) -> list[int]:
    """Jobs by when they were queued and when they were done; returns their ids."""
    rows = [
        {"kind": outbox.SEND, "run_at": made, "created_at": made, "done_at": done}
        for made, done in jobs
    ]
    with database.writing() as session:
        return list(
            session.scalars(insert(Job).returning(Job.id, sort_by_parameter_order=True), rows)
        )


def left(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Job.id).order_by(Job.id)))


def thin(database: Database, now: datetime, piece: int = thinning.PIECE) -> list[int | None]:
    """Go through all of it; returns where each look came to."""
    places: list[int | None] = [0]
    while (after := places[-1]) is not None:
        with database.writing() as session:
            old, upto = thinning.look(session, now, after, piece)
            thinning.take_away(session, old)
        places.append(upto)
    return places[1:]


def test_what_was_done_longer_than_a_week_ago_goes_and_nothing_else(database: Database) -> None:
    _gone, young, waits = queue(database, (NOW, NOW - SECOND), (NOW, NOW), (NOW, None))
    thin(database, LATER)
    assert left(database) == [young, waits]


def test_what_waits_stays_however_old(database: Database) -> None:
    waits, _gone = queue(database, (NOW, None), (NOW, NOW))
    thin(database, NOW + timedelta(days=3650))
    assert left(database) == [waits]


def test_a_look_ends_where_jobs_are_young(database: Database) -> None:
    """However many were queued since, they are not gone through."""
    ids = queue(database, *[(NOW, NOW)] * 5, *[(LATER, LATER)] * 50)
    assert thin(database, LATER + SECOND, piece=2) == [ids[1], ids[3], None]
    assert left(database) == ids[5:]


def test_what_waits_among_the_old_holds_up_nothing(database: Database) -> None:
    ids = queue(database, *[(NOW, None)] * 5, *[(NOW, NOW)] * 5)
    thin(database, LATER + SECOND, piece=2)
    assert left(database) == ids[:5]


@ON_POSTGRESQL
def test_what_another_is_at_is_passed_by(database: Database) -> None:
    held, gone = queue(database, (NOW, NOW), (NOW, NOW))
    with database.writing() as other, database.writing() as session:
        other.scalars(select(Job).where(Job.id == held).with_for_update()).one()
        assert thinning.take_away(session, [held, gone]) == 1
    assert left(database) == [held]


def test_a_number_is_never_given_to_another_job_that_is_due(database: Database) -> None:
    """The newest job goes too: what is queued then is behind all that is still there."""
    waits, _gone = queue(database, (NOW, None), (NOW, NOW))
    thin(database, LATER + SECOND)
    assert queue(database, (LATER, None))[0] > waits


def test_an_empty_outbox_is_looked_at_in_vain(database: Database) -> None:
    assert thin(database, LATER) == [None]
