"""``testimony export`` shows on a terminal how far it is, and says nothing of it to a file or a pipe."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from storage.db import Database
from tests.bot.conftest import ON_SQLITE
from tests.storage.exporting import two
from tests.support.processes import ROOT

KEYS = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"  # conftest.KEY


@pytest.fixture
def told(database: Database) -> Database:
    two(database)
    return database


def export(url: str, path: Path, error: int) -> None:
    known = {"DATABASE_URL": url, "TESTIMONY_KEYS": KEYS, "SECRET_KEY": "x", "TERM": "xterm"}
    subprocess.run(
        [sys.executable, "-m", "bot", "export", "small", "-o", str(path)],
        **{"cwd": ROOT, "env": {**os.environ, **known}, "check": True},
        stdout=subprocess.DEVNULL,
        stderr=error,
    )


@ON_SQLITE
def test_a_terminal_sees_how_far_it_is(told: Database, url: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    export(url, tmp_path / "answers.csv", theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    assert "Exporting" in said
    assert "100%" in said
    assert "SHA-256" in said


@ON_SQLITE
def test_a_pipe_does_not(told: Database, url: str, tmp_path: Path) -> None:
    with (tmp_path / "said").open("w+b") as said:
        export(url, tmp_path / "answers.csv", said.fileno())
        said.seek(0)
        assert said.read().startswith(b"SHA-256 ")
