"""Exports made by the outbox: how far they are can be seen, they can be ended, and nothing half ever looks whole."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.sender import Sender
from bot.sending import THREADS, left_to_others
from storage import staff
from storage.exports import Order, making, parts
from storage.exports.formats import available
from storage.exports.making import Download
from storage.exports.register import KEPT, Wish
from storage.files import Store, StoreFailed
from storage.models import ExportRow, Job
from storage.outbox import SLOW
from storage.staff import Role
from storage.testimonies import Filter
from storage.watching import PROMPT
from tests.bot.conftest import ON_SQLITE, Service
from tests.storage.exporting import two
from tests.support.bucket import OPTIONS
from tests.support.kept import stored
from tests.support.processes import Process

COORDINATOR = 1
FORMS = [form for form in sorted(available()) if form != "sav"]


@pytest.fixture
def told(service: Service) -> Service:
    """Two testimonies, one of them long, and somebody who may export."""
    two(service.database)
    with service.database.writing() as session:
        staff.add_staff(
            session, "c@example.org", "a long password", Role.COORDINATOR, service.clock()
        )
    service.drain()
    return service


def ask(service: Service, form: str = "csv", **more: Any) -> int:
    wish = Wish(Order(Filter(flow="small")), form, KEPT, COORDINATOR, **more)
    with service.database.writing() as session:
        return making.ask(session, wish, service.clock(), 2)


def row_of(service: Service, number: int = 1) -> ExportRow:
    return next(row for row in service.rows(ExportRow) if row.id == number)


def download(service: Service, number: int = 1) -> Download | None:
    with service.database.writing() as session:
        return making.download_for(session, number, COORDINATOR, service.clock())


def content(service: Service, number: int = 1) -> bytes:
    found = download(service, number)
    assert found is not None
    return b"".join(parts.read(service.services.files, found.kept))


@pytest.mark.parametrize("form", FORMS)
@ON_SQLITE
def test_every_format_is_made_and_a_repetition_is_the_same_to_the_last_byte(
    told: Service, form: str
) -> None:
    first = ask(told, form)
    told.drain()
    told.clock.forward(days=2)
    second = ask(told, form, repeats=first)
    told.drain()
    assert row_of(told, first).status == row_of(told, second).status == "ready"
    assert row_of(told, first).files == row_of(told, second).files
    assert content(told, first) == content(told, second)


def test_the_store_holds_it_sealed_for_a_week(told: Service) -> None:
    ask(told, "jsonl")
    told.drain()
    assert b"he said" not in b"".join(stored(told.services).values())
    assert len(stored(told.services)) == 1
    told.clock.forward(days=7, seconds=1)
    told.drain()
    assert (row_of(told).status, stored(told.services)) == ("expired", {})


class Interrupted:
    """A clock that lets two seconds pass at every look, and does something at one of them."""

    def __init__(
        self, service: Service, when: Callable[[], bool], work: Callable[[], None]
    ) -> None:
        self._clock, self._when, self._work, self._done = service.clock, when, work, False

    def __call__(self) -> datetime:
        self._clock.forward(seconds=2)
        if not self._done and self._when():
            self._done = True
            self._work()
        return self._clock()


def midway(service: Service, work: Callable[[], None]) -> Sender:
    """A sender that is interrupted by ``work`` when it has read some of an export."""
    known = lambda: any(row.done for row in service.rows(ExportRow))  # noqa: E731
    return Sender(replace(service.services, now=Interrupted(service, known, work)))


def test_how_far_it_is_can_be_seen_and_it_can_be_cancelled(told: Service) -> None:
    seen: list[tuple[str, int, int]] = []

    def cancel() -> None:
        row = row_of(told)
        seen.append((row.status, row.done, row.total))
        with told.database.writing() as session:
            assert making.cancel(session, 1, COORDINATOR, told.clock())

    ask(told)
    midway(told, cancel).run_once()
    assert seen == [("running", 2, 4)]  # two interviews, in two tables
    assert row_of(told).status == "cancelled"
    told.clock.forward(minutes=11)
    told.drain()
    assert (stored(told.services), [job.kind for job in told.rows(Job) if not job.done_at]) == (
        {},
        [],
    )


def test_a_process_that_is_to_end_gives_it_back_and_another_makes_it(told: Service) -> None:
    ask(told)
    services = told.services
    midway(told, services.ending.set).run_once()
    assert (row_of(told).status, download(told)) == ("running", None)
    services.ending.clear()
    told.drain()
    assert row_of(told).status == "ready"


class Away(Store):
    """A store that is away."""

    def put(self, name: str, data: bytes) -> None:
        raise StoreFailed("away")

    def get(self, name: str) -> bytes:
        raise StoreFailed("away")

    def delete(self, name: str) -> None:
        raise StoreFailed("away")


def test_a_store_that_is_away_is_waited_for(told: Service) -> None:
    ask(told)
    Sender(replace(told.services, files=Away())).run_once()
    assert (row_of(told).status, download(told)) == ("running", None)
    told.clock.forward(minutes=1)
    told.drain()
    assert row_of(told).status == "ready"


def test_but_not_for_longer_than_an_hour(told: Service) -> None:
    ask(told)
    away = Sender(replace(told.services, files=Away()))
    for _ in range(9):
        told.clock.forward(minutes=15)
        while away.run_once():
            pass
    assert (row_of(told).status, row_of(told).name) == ("failed", None)


def test_what_a_format_cannot_hold_is_said(told: Service) -> None:
    told.publish(
        "flow: plain\ntitle: P\nlanguages: [en]\nkeywords: {en: [PLAIN]}\ncontact: The testers\n"
        "consent: {label: May we?, declined: Bye.}\nclosing: Thanks.\n"
        "questions:\n  a: {type: text, label: What?}\n"
    )
    wish = Wish(Order(Filter(flow="plain")), "geojson", KEPT, COORDINATOR)
    with told.database.writing() as session:
        making.ask(session, wish, told.clock(), 0)
    told.drain()
    assert row_of(told).status == "failed"
    assert "no place" in (row_of(told).error or "")


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes calls and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_killed_export_leaves_nothing_that_looks_whole_and_is_made_again(
    told: Service, environ: dict[str, str], silent: str, tmp_path: Path
) -> None:
    """kill -9 while the store holds its answer: the lease ends, and another begins anew, under another name."""
    number = ask(told)
    known = {f"AWS_{name.upper()}": value for name, value in OPTIONS.items()}
    bucket = {"MEDIA_URL": f"s3://files?endpoint={silent}", **known, "WORK": "worker"}
    worker = Process(tmp_path, {**environ, **bucket}, "worker")
    worker.wait_until(lambda: row_of(told, number).parts == 1)
    worker.kill()
    first = row_of(told, number).name
    assert (row_of(told, number).status, download(told, number)) == ("running", None)

    with told.database.writing() as session:
        session.execute(update(Job).where(Job.done_at.is_(None)).values(run_at=told.clock()))
    told.drain()
    assert row_of(told, number).status == "ready"
    assert row_of(told, number).name != first
    assert content(told, number).startswith(b"PK")
    discards = [job.target for job in told.rows(Job) if job.kind == "discard" and not job.done_at]
    assert discards == [f"{first}-0"]
    told.clock.forward(minutes=11)
    told.drain()
    assert [job.kind for job in told.rows(Job) if not job.done_at] == ["expire"]


def test_long_work_is_left_to_one_thread_and_files_to_another() -> None:
    left = [set(left_to_others(number, THREADS)) for number in range(THREADS)]
    assert all("export" in kinds or "fetch" in kinds for kinds in left)
    assert not set.intersection(*left)
    assert left_to_others(0, 1) == ()


@pytest.mark.parametrize("count", [1, 2, THREADS])
def test_each_kind_of_work_has_one_thread_and_what_people_wait_for_the_one_with_hands(
    count: int,
) -> None:
    left = [left_to_others(number, count) for number in range(count)]
    for kind in (*PROMPT, *SLOW):
        assert [kind in kinds for kinds in left].count(False) == 1, kind
    assert not set(left[-1]) & set(PROMPT)
