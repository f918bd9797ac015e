"""Backups by themselves: as often as is set, the oldest taken away, and never the last one that is good."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import build_services
from bot.backing_up import BackupThread, Ended, is_due, take_due, taken_in
from bot.services import Services
from bot.settings import load_settings
from storage.backups.sealing import BackupFailed, verify
from storage.files import StoreFailed
from tests.bot.conftest import ON_SQLITE
from tests.bot.test_commands_shell import KEYS
from tests.conftest import Clock
from tests.storage.backups import PUBLIC, folder, live, restore


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def services(url: str, shelf: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    given = {"DATABASE_URL": url, "MEDIA_URL": (tmp_path / "media").as_uri(), **KEYS}
    given |= {"BACKUP_DIR": str(shelf), "BACKUP_KEY": PUBLIC, "BACKUP_KEEP": "2"}
    built = build_services(load_settings(given), clock)
    yield built
    built.close()


def test_one_is_taken_at_once_and_then_every_day(
    services: Services, shelf: Path, clock: Clock
) -> None:
    live(services.database, services.files)
    first = take_due(services)
    assert first == shelf / "testimony-20260531T120000Z.backup"
    clock.forward(hours=23)
    assert take_due(services) is None
    clock.forward(hours=1)
    assert take_due(services) == shelf / "testimony-20260601T120000Z.backup"
    with first.open("rb") as file:
        verify(file, services.database.vault)


def test_what_it_takes_can_be_restored(services: Services, tmp_path: Path) -> None:
    live(services.database, services.files)
    path = take_due(services)
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    restored = restore(services.database, folder(tmp_path / "media"), data, replace=True)
    assert restored.files == 6


@ON_SQLITE
def test_the_oldest_are_taken_away_and_other_files_are_left_alone(
    services: Services, shelf: Path, clock: Clock
) -> None:
    (shelf / "by-hand.backup").write_text("mine", encoding="utf-8")
    for _ in range(4):
        take_due(services)
        clock.forward(days=1)
    left = sorted(path.name for path in shelf.iterdir() if path.suffix == ".backup")
    assert left == [
        "by-hand.backup",
        "testimony-20260602T120000Z.backup",
        "testimony-20260603T120000Z.backup",
    ]


class Away:
    """A store that does not answer."""

    def get(self, name: str) -> bytes:
        raise StoreFailed("the store of files: Timeout")


@ON_SQLITE
def test_one_that_fails_leaves_the_old_ones_and_nothing_of_its_own(
    services: Services, shelf: Path, clock: Clock
) -> None:
    live(services.database, services.files)
    for _ in range(2):
        take_due(services)
        clock.forward(days=1)
    before = taken_in(shelf)
    broken = Services(
        services.settings,
        services.database,
        services.channels,
        clock,
        Away(),  # type: ignore[arg-type]
        services.library,
    )
    with pytest.raises(BackupFailed):
        take_due(broken)
    assert taken_in(shelf) == before
    assert {path.name for path in shelf.iterdir()} == {
        ".testimony.lock",
        *(path.name for path in before.values()),
    }


@ON_SQLITE
def test_two_processes_take_one_and_not_two(services: Services, shelf: Path) -> None:
    live(services.database, services.files)
    barrier, made = threading.Barrier(4), []

    def take() -> None:
        barrier.wait()
        made.append(take_due(services))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in made if one is not None]) == 1
    assert len(taken_in(shelf)) == 1


@ON_SQLITE
def test_what_a_killed_process_left_is_swept_away(services: Services, shelf: Path) -> None:
    (shelf / ".testimony-20260530T120000Z.backup.999").write_bytes(b"half")
    assert is_due(services.settings.backups, services.now())
    take_due(services)
    assert not list(shelf.glob(".testimony-*.backup.*"))


@ON_SQLITE
def test_a_clock_that_was_wrong_does_not_end_the_backups(services: Services, clock: Clock) -> None:
    clock.forward(days=900)
    take_due(services)
    clock.time -= timedelta(days=900)
    assert is_due(services.settings.backups, services.now())


@ON_SQLITE
def test_one_from_a_clock_that_was_ahead_hastens_no_other_and_pushes_none_out(
    services: Services, shelf: Path, clock: Clock
) -> None:
    yesterday = take_due(services)
    clock.forward(days=401)
    ahead = take_due(services)
    clock.time -= timedelta(days=400)
    made = []
    for _ in range(10):
        made.append(take_due(services))
        clock.forward(minutes=1)
    assert made[1:] == [None] * 9
    assert list(taken_in(shelf).values()) == [yesterday, made[0], ahead]


@ON_SQLITE
def test_the_thread_takes_one_and_ends_when_it_is_told_to(services: Services, shelf: Path) -> None:
    thread = BackupThread(services)
    thread.start()
    for _ in range(3000):
        if taken_in(shelf):
            break
        threading.Event().wait(0.01)
    services.ending.set()
    thread.stop()
    assert len(taken_in(shelf)) == 1


@ON_SQLITE
def test_a_process_that_ends_gives_its_backup_up(services: Services, shelf: Path) -> None:
    live(services.database, services.files)
    services.ending.set()
    with pytest.raises(Ended):
        take_due(services)
    assert {path.name for path in shelf.iterdir()} == {".testimony.lock"}
