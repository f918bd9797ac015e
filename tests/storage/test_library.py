"""Published flows: each content kept for ever under its hash, and one of them current under a name."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from flows import FlowErrors, load
from storage import library
from storage.db import Database
from storage.library import Library
from storage.models import FlowVersion
from tests.storage.material import NOW, publish, source, together

FIRST = source("  name: {type: text, label: Your name?}\n")
SECOND = source("  name: {type: text, label: And your name?}\n")
OTHER = source("  name: {type: text, label: Your name?}\n", flow="other", keyword="OTHER")
REFUSED = source("  class: {type: text, label: Your class?}\n")  # a word with a meaning of its own
LATER = NOW + timedelta(days=1)


def current(database: Database) -> dict[str, str]:
    """The source of each flow's current version."""
    with database.reading() as session:
        found = library.current_versions(session)
        assert [one.flow for one in found] == sorted({one.flow for one in found})
        return {one.flow: session.get_one(FlowVersion, one.id).source for one in found}


def test_a_new_content_becomes_current(database: Database) -> None:
    assert publish(database, FIRST, NOW)
    assert publish(database, OTHER, NOW)
    assert publish(database, SECOND, LATER)
    assert current(database) == {"small": SECOND, "other": OTHER}


def test_what_is_current_already_is_not_published_again(database: Database) -> None:
    publish(database, FIRST, NOW)
    assert not publish(database, FIRST, LATER)
    with database.reading() as session:
        assert [one.published_at for one in library.current_versions(session)] == [NOW]


def test_an_older_content_can_be_made_current_again(database: Database) -> None:
    publish(database, FIRST, NOW)
    publish(database, SECOND, LATER)
    assert publish(database, FIRST, LATER + timedelta(days=1))
    assert current(database) == {"small": FIRST}
    with database.reading() as session:
        assert len(session.scalars(select(FlowVersion)).all()) == 2


def test_of_two_contents_published_in_one_moment_the_last_is_current(database: Database) -> None:
    publish(database, FIRST, NOW)
    publish(database, SECOND, NOW)
    assert current(database) == {"small": SECOND}


def test_what_is_published_last_is_current_though_the_clock_went_back(database: Database) -> None:
    publish(database, FIRST, LATER)
    assert publish(database, SECOND, NOW)
    assert current(database) == {"small": SECOND}


def test_the_catalog_holds_the_current_flows_loaded(database: Database) -> None:
    for text, moment in ((FIRST, NOW), (OTHER, NOW), (SECOND, LATER)):
        publish(database, text, moment)
    with database.reading() as session:
        catalog = Library().catalog(session)
    assert {name: flow.version for name, flow in catalog.items()} == {
        "small": load(SECOND).version,
        "other": load(OTHER).version,
    }


def test_nothing_published_is_an_empty_catalog(database: Database) -> None:
    with database.reading() as session:
        assert Library().catalog(session) == {}


def test_a_version_is_loaded_once_and_known_by_its_id(database: Database) -> None:
    publish(database, FIRST, NOW)
    shelf = Library()
    with database.reading() as session:
        (version,) = library.current_versions(session)
        flow = shelf.flow(session, version.id)
        assert shelf.flow(session, version.id) is flow
        assert shelf.id_of(flow) == version.id
        assert flow.version == version.hash


def test_a_version_that_newer_checks_refuse_still_loads(database: Database) -> None:
    with pytest.raises(FlowErrors):
        load(REFUSED)
    with database.writing() as session:
        session.add(FlowVersion(flow="small", hash="0" * 64, source=REFUSED, published_at=NOW))
    with database.reading() as session:
        assert [question.id for question in Library().catalog(session)["small"].questions] == [
            "class"
        ]


def test_threads_share_a_library(database: Database) -> None:
    publish(database, FIRST, NOW)
    publish(database, OTHER, NOW)
    shelf = Library()

    def look(_: int) -> list[int]:
        with database.reading() as session:
            return [shelf.id_of(flow) for flow in shelf.catalog(session).values()]

    assert len({tuple(ids) for ids in together(4, look)}) == 1
