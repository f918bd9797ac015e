"""Drafts: what is written is kept, and nobody overwrites what another wrote."""

from datetime import timedelta

import pytest

from storage import drafts
from storage.db import Database
from storage.drafts import Draft, Stale
from tests.storage.material import NOW, together

LATER = NOW + timedelta(minutes=1)


def save(database: Database, source: str, revision: int) -> Draft:
    with database.writing() as session:
        return drafts.save(session, "small", source, revision, NOW, None)


def kept(database: Database) -> Draft | None:
    with database.reading() as session:
        return drafts.get(session, "small")


def test_a_draft_is_kept_and_counted(database: Database) -> None:
    assert kept(database) is None
    assert save(database, "one", 0) == Draft("small", "one", 1, NOW, None) == kept(database)
    assert save(database, "two", 1) == Draft("small", "two", 2, NOW, None) == kept(database)
    with database.reading() as session:
        assert drafts.all_of(session) == [kept(database)]


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_who_began_from_another_draft_is_told_and_overwrites_nothing(
    database: Database, revision: int
) -> None:
    save(database, "one", 0)
    save(database, "two", 1)
    with pytest.raises(Stale) as told:
        save(database, "mine", revision)
    assert told.value.current == kept(database)
    assert told.value.current is not None
    assert told.value.current.source == "two"


def test_of_those_who_save_at_once_one_succeeds(database: Database) -> None:
    save(database, "one", 0)

    def try_to_save(place: int) -> int:
        try:
            return save(database, f"by {place}", 1).revision
        except Stale:
            return 0

    assert sorted(together(4, try_to_save)) == [0, 0, 0, 2]


def test_a_draft_that_is_dropped_is_gone(database: Database) -> None:
    save(database, "one", 0)
    with database.writing() as session:
        drafts.drop(session, "small")
    assert kept(database) is None
    with pytest.raises(Stale) as told:
        save(database, "two", 1)
    assert told.value.current is None
