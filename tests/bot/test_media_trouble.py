"""Files in bad weather: providers and stores that are away, processes that die; nothing is lost, nothing kept twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.sender import Sender
from bot.trying import FEWEST_TRIES
from storage.files import Store, StoreFailed
from storage.models import Attachment, Job
from storage.outbox import SLOW
from tests.bot.conftest import ON_SQLITE, Service, Serving
from tests.bot.test_media_keeping import FLOW, ask_for_a_photo, attachments, photo, replies
from tests.storage.material import together
from tests.support import media
from tests.support.bucket import OPTIONS, Bucket
from tests.support.kept import content, folder, stored
from tests.support.processes import Process
from tests.support.providers import CUT, Answer, TelegramServer, TwilioServer

PICTURE = media.picture()
LOST = "A file of yours did not reach us."


def waiting(service: Service) -> list[Job]:
    return [job for job in service.rows(Job) if job.done_at is None]


def bring(service: Service, twilio: TwilioServer, data: bytes = PICTURE) -> None:
    """A text message with a photo, answered but not fetched yet."""
    service.publish(FLOW)
    service.talk("STREET", "yes")
    service.sms("", NumMedia="1", MediaUrl0=twilio.hold(data))
    reply(service)


def reply(service: Service) -> None:
    """Let all replies out, and fetch nothing."""
    sender = Sender(service.services, without=SLOW)
    while sender.run_once():
        pass


def erase(service: Service) -> None:
    for _ in range(2):
        service.sms("DELETE")
        reply(service)


def pass_time(service: Service, **delta: float) -> None:
    service.clock.forward(**delta)
    service.drain()


FAILURES = {
    "503": Answer(503, b"busy"),
    "500": Answer(500, b""),
    "429": Answer(429, b"slow down"),
    "401": TwilioServer.refusal(401, 20003),
    "404": TwilioServer.refusal(404, 20404),
    "cut": CUT,
    "broken off": Answer(200, PICTURE[:100], {"Content-Length": str(len(PICTURE))}),
}


@ON_SQLITE
@pytest.mark.parametrize("failure", FAILURES)
def test_what_failed_for_now_is_fetched_later_after_growing_pauses(
    service: Service, twilio: TwilioServer, failure: str
) -> None:
    bring(service, twilio)
    twilio.answers.extend([FAILURES[failure]] * 3)
    service.drain()
    pauses = []
    while jobs := waiting(service):
        assert attachments(service)[0].status == "waiting"
        pauses.append((jobs[0].run_at - service.clock()).total_seconds())
        pass_time(service, seconds=pauses[-1])
    assert len(pauses) == 3
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    assert attachments(service)[0].status == "kept"
    assert content(service.services, 1, original=True) == PICTURE


@ON_SQLITE
def test_the_provider_may_name_the_pause(service: Service, twilio: TwilioServer) -> None:
    bring(service, twilio)
    twilio.answers.append(Answer(429, b"", {"Retry-After": "77", "Content-Length": "0"}))
    service.drain()
    assert (waiting(service)[0].run_at - service.clock()).total_seconds() == 77


@ON_SQLITE
@pytest.mark.parametrize(
    "failure",
    [
        TelegramServer.refusal(429, "Too Many Requests", retry_after=77),
        TelegramServer.refusal(502, "Bad Gateway"),
        TelegramServer.refusal(401, "Unauthorized"),
        CUT,
    ],
    ids=["429", "502", "401", "cut"],
)
def test_telegram_is_asked_again_too(
    service: Service, telegram: TelegramServer, failure: Any
) -> None:
    ask_for_a_photo(service)
    service.telegram(**photo(telegram, PICTURE))
    Sender(service.services, without=SLOW).run_once()
    telegram.answers.append(failure)
    service.drain()
    assert attachments(service)[0].status == "waiting"
    pass_time(service, seconds=77)
    assert attachments(service)[0].status == "kept"


def test_after_a_day_a_file_is_lost_and_the_person_is_told_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    files = {f"MediaUrl{place}": twilio.hold(PICTURE) for place in range(2)}
    service.sms("", NumMedia="2", **files)
    held = [Answer(503, b"")] * 2
    reply(service)
    twilio.answers.extend(held)
    service.drain()
    for _ in range(FEWEST_TRIES - 2):
        twilio.answers.extend(held)
        pass_time(service, hours=2)
    assert [row.status for row in attachments(service)] == ["waiting"] * 2
    service.clock.forward(hours=5)
    for answer in held:
        twilio.answers.append(answer)
        service.sender.run_once()
        reply(service)  # what is said of it goes out before the next file is asked for
    service.drain()
    assert [(row.status, row.error) for row in attachments(service)] == [("lost", "lost")] * 2
    assert len([text for text in service.said if text.startswith(LOST)]) == 1
    assert waiting(service) == []


@ON_SQLITE
def test_a_file_that_waited_for_a_worker_for_days_is_not_given_up_at_the_first_failure(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)
    service.clock.forward(days=3)
    twilio.answers.append(Answer(503, b""))
    service.drain()
    assert attachments(service)[0].status == "waiting"
    pass_time(service, minutes=1)
    assert attachments(service)[0].status == "kept"


@ON_SQLITE
def test_what_is_gone_at_the_provider_is_lost_at_once(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)
    twilio.answers.append(Answer(410, b""))
    service.drain()
    assert attachments(service)[0].status == "lost"
    assert twilio.sent[-1]["Body"].startswith(LOST)


@ON_SQLITE
def test_what_is_not_found_is_looked_for_a_few_minutes(
    service: Service, twilio: TwilioServer
) -> None:
    """A provider may tell of a file shortly before it has it."""
    bring(service, twilio)
    twilio.files.clear()
    service.drain()
    for _ in range(5):
        assert attachments(service)[0].status == "waiting"
        pass_time(service, minutes=3)
    assert attachments(service)[0].status == "lost"


@ON_SQLITE
def test_a_file_that_telegram_does_not_know_is_lost(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    service.telegram(**photo(telegram, PICTURE))
    telegram.files.clear()
    service.drain()
    assert attachments(service)[0].status == "lost"
    assert replies(telegram)[-1].startswith(LOST)


class Dies(BaseException):
    """The end of a process."""


class Mortal:
    """A store that does its work until ``dies`` says otherwise."""

    def __init__(self, store: Store, dies: Callable[[int], BaseException | None]) -> None:
        self.store, self.dies, self.puts = store, dies, 0

    def put(self, name: str, data: bytes) -> None:
        if error := self.dies(self.puts):
            raise error
        self.puts += 1
        self.store.put(name, data)
        if error := self.dies(-self.puts):
            raise error

    def get(self, name: str) -> bytes:
        return self.store.get(name)

    def delete(self, name: str) -> None:
        self.store.delete(name)


@pytest.mark.parametrize("step", [0, -1, 1, -2], ids=["before", "half", "between", "unrecorded"])
def test_who_dies_between_the_steps_is_followed_by_another_and_one_file_is_kept(
    service: Service, twilio: TwilioServer, step: int
) -> None:
    bring(service, twilio)
    first = Mortal(service.services.files, lambda at: Dies() if at == step else None)
    with pytest.raises(Dies):
        Sender(replace(service.services, files=first)).run_once()
    service.drain()
    assert attachments(service)[0].status == "waiting"  # the dead one's lease is respected
    pass_time(service, minutes=11)
    (row,) = attachments(service)
    assert row.status == "kept"
    assert set(stored(service.services)) == {row.original, row.cleaned}
    assert content(service.services, row.id, original=True) == PICTURE
    assert content(service.services, row.id)


@ON_SQLITE
def test_a_store_that_is_away_is_waited_for(service: Service, twilio: TwilioServer) -> None:
    bring(service, twilio)
    away = Mortal(service.services.files, lambda _: StoreFailed("away"))
    Sender(replace(service.services, files=away)).run_once()
    assert attachments(service)[0].status == "waiting"
    pass_time(service, minutes=1)
    assert attachments(service)[0].status == "kept"


@ON_SQLITE
def test_a_bucket_that_is_away_is_waited_for(serving: Serving, twilio: TwilioServer) -> None:
    bucket = Bucket()
    known = {f"AWS_{name.upper()}": value for name, value in OPTIONS.items()}
    service = serving(MEDIA_URL=f"s3://files/ours?endpoint={bucket.url}", **known)
    bucket.take_away()
    bring(service, twilio)
    service.drain()
    assert attachments(service)[0].status == "waiting"
    bucket.make()
    pass_time(service, minutes=1)
    (row,) = attachments(service)
    assert set(bucket.names) == {f"ours/{row.original}", f"ours/{row.cleaned}"}
    assert content(service.services, row.id, original=True) == PICTURE
    erase(service)
    service.drain()
    assert bucket.names == []
    bucket.server.stop()


@ON_SQLITE
def test_a_bug_with_one_file_is_written_down_without_words_and_tried_again(
    service: Service, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    bring(service, twilio)
    wrong = Mortal(service.services.files, lambda _: ValueError("Quillfeather"))
    Sender(replace(service.services, files=wrong)).run_once()
    assert "bug: ValueError in" in caplog.text
    assert "Quillfeather" not in caplog.text
    pass_time(service, minutes=1)
    assert attachments(service)[0].status == "kept"


def test_who_is_late_does_not_undo_what_another_has_done(
    service: Service, twilio: TwilioServer
) -> None:
    """Two workers have the same file in hand, for the first was thought dead."""
    bring(service, twilio)

    def meanwhile(at: int) -> None:
        if at == -2 and attachments(service)[0].status == "waiting":
            pass_time(service, minutes=11)

    slow = Mortal(service.services.files, meanwhile)
    Sender(replace(service.services, files=slow)).run_once()
    service.drain()
    (row,) = attachments(service)
    assert row.status == "kept"
    assert set(stored(service.services)) == {row.original, row.cleaned}


def test_what_is_erased_while_it_is_fetched_leaves_nothing(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)

    def meanwhile(at: int) -> None:
        if at == -2:
            erase(service)

    slow = Mortal(service.services.files, meanwhile)
    Sender(replace(service.services, files=slow)).run_once()
    pass_time(service, minutes=11)
    assert attachments(service) == []
    assert stored(service.services) == {}
    assert waiting(service) == []


def test_what_is_erased_before_it_is_fetched_is_not_fetched(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)
    erase(service)
    pass_time(service, minutes=11)
    assert attachments(service) == []
    assert not [call for call in twilio.calls if "/Media/" in call.path]


def test_what_is_erased_is_taken_out_of_the_store_however_often_it_fails(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)
    service.drain()
    assert len(stored(service.services)) == 2
    erase(service)
    kept = folder(service.services)
    aside = kept.rename(kept.with_name("aside"))
    kept.write_bytes(b"no folder")
    service.drain()
    assert attachments(service) == []
    assert len(waiting(service)) == 2
    pass_time(service, days=3)
    assert len(waiting(service)) == 2  # never given up
    kept.unlink()
    aside.rename(kept)
    pass_time(service, days=1)
    assert stored(service.services) == {}
    assert waiting(service) == []


def test_workers_that_refuse_an_album_at_once_say_so_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    files = {f"MediaUrl{place}": twilio.hold(b"%PDF-1.7") for place in range(6)}
    service.sms("", NumMedia="6", **files)
    reply(service)

    def work(_: int) -> None:
        sender = Sender(service.services)
        while sender.run_once():
            pass

    together(3, work)
    service.drain()
    assert [row.status for row in attachments(service)] == ["refused"] * 6
    assert len([text for text in service.said if "this kind of file" in text]) == 1


def test_a_person_erased_while_files_are_fetched_holds_nobody_up(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    files = {f"MediaUrl{place}": twilio.hold(PICTURE) for place in range(8)}
    service.sms("", NumMedia="8", **files)
    service.sms("DELETE")
    reply(service)

    def work(place: int) -> None:
        if place == 0:
            assert service.sms("DELETE") == 200
            return
        sender = Sender(service.services)
        while sender.run_once():
            pass

    together(3, work)
    pass_time(service, minutes=11)
    assert attachments(service) == []
    assert stored(service.services) == {}
    assert waiting(service) == []


def end_leases(service: Service) -> None:
    with service.database.writing() as session:
        open_ones = update(Job).where(Job.done_at.is_(None))
        session.execute(open_ones.values(run_at=Job.created_at, owner=None))


def test_a_worker_killed_while_it_fetches_loses_nothing(
    service: Service, twilio: TwilioServer, environ: dict[str, str], tmp_path: Path
) -> None:
    bring(service, twilio)
    twilio.open.clear()
    whole = {**environ, "WORK": "worker", "MEDIA_URL": service.services.settings.media.url}
    worker = Process(tmp_path, whole, "worker")
    twilio.wait_for(lambda: any("/Media/" in call.path for call in twilio.calls))
    worker.kill()
    twilio.open.set()
    assert attachments(service)[0].status == "waiting"
    end_leases(service)
    second = Process(tmp_path, whole, "worker")
    second.wait_until(lambda: attachments(service)[0].status != "waiting")
    second.kill()
    (row,) = attachments(service)
    assert row.status == "kept", second.said
    assert set(stored(service.services)) == {row.original, row.cleaned}


def test_files_have_one_worker_of_a_process_and_replies_the_others(
    service: Service, twilio: TwilioServer
) -> None:
    bring(service, twilio)
    service.sms("hello")
    reply(service)
    assert [row.status for row in service.rows(Attachment)] == ["waiting"]
    assert [job.kind for job in waiting(service)] == ["fetch"]
