"""Files that appear whole or not at all: nothing in clear is left of what was killed, with or without unnamed files."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage.exports.whole import NAMELESS, CannotWrite, Drafts, drafts

WORDS = b"what somebody told"
WRITER = """
import sys
from pathlib import Path
from storage.exports.whole import drafts

def work(file):
    file.write(b"what somebody told")
    file.flush()
    print("written", flush=True)
    sys.stdin.read()
    return {}

with drafts() as made:
    made.write(Path(sys.argv[1]), work)
"""


def told(file: object) -> dict[str, int]:
    file.write(WORDS)  # type: ignore[attr-defined]
    return {"": 1}


def written(path: Path, nameless: int) -> None:
    made = Drafts(nameless)
    made.write(path, told)
    assert not path.exists() or path.read_bytes() != WORDS
    made.place()
    made.clear()


@pytest.mark.skipif(not NAMELESS, reason="this system has no files without a name")
def test_a_killed_export_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "out.csv")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == "written\n"
        running.kill()
        running.wait()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("nameless", sorted({NAMELESS, 0}))
def test_it_is_put_in_its_place_whole_also_over_an_older_one(tmp_path: Path, nameless: int) -> None:
    for place in ("new.csv", "old.csv"):
        (tmp_path / "old.csv").write_bytes(b"older")
        written(tmp_path / place, nameless)
        assert (tmp_path / place).read_bytes() == WORDS
        assert (tmp_path / place).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "old.csv"]


@pytest.mark.parametrize("nameless", sorted({NAMELESS, 0}))
@pytest.mark.parametrize("kind", ["pipe", "device", "link"])
def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path, kind: str, nameless: int) -> None:
    place = tmp_path / "out.csv"
    try:
        {
            "pipe": lambda: os.mkfifo(place),
            "device": lambda: os.mknod(place, stat.S_IFCHR | 0o600, os.makedev(1, 3)),
            "link": lambda: place.symlink_to("other"),
        }[kind]()
    except PermissionError:
        pytest.skip("only root makes devices")
    before = place.lstat()
    with pytest.raises(CannotWrite, match="cannot be written: there is a device"):
        written(place, nameless)
    assert place.lstat() == before
    assert list(tmp_path.iterdir()) == [place]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_bytes(b"older")

    def fail(_file: object) -> dict[str, int]:
        raise OSError("the disk is full")

    with pytest.raises(CannotWrite), drafts() as made:
        made.write(tmp_path / "out.csv", fail)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"older"]
