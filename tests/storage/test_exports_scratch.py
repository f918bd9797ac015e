"""Who takes the disk while an export is made finds noise, and no name that leads to it."""

import io
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.db import Database
from storage.exports import Order, take
from storage.exports.scratch import scratch
from storage.exports.single import make
from storage.library import Library
from storage.testimonies import Filter
from tests.storage.exporting import say
from tests.storage.material import examples, publish, source, tell

STORY = "Officer Quillfeather took my zither"
LINUX = Path("/proc/self/fd")


def without_name() -> Iterator[bytes]:
    """What is in the files that this process has open and that have no name any more."""
    for link in LINUX.iterdir():
        try:
            if "(deleted)" in str(link.readlink()):
                yield link.read_bytes()
        except FileNotFoundError:
            continue


@pytest.mark.skipif(not LINUX.is_dir(), reason="only Linux shows the files of a process")
def test_what_is_written_is_noise_on_the_disk() -> None:
    with scratch() as file:
        file.write(STORY.encode() * 1000)
        file.flush()
        (content,) = (one for one in without_name() if len(one) == len(STORY) * 1000)
        assert b"zither" not in content
        assert len(set(content)) > 200  # the same words are never the same noise
        file.seek(0)
        assert file.read() == STORY.encode() * 1000


def test_nobody_can_read_past_the_key() -> None:
    """A server that sends files by their descriptor would send noise: there is none to take."""
    with scratch() as file, pytest.raises(io.UnsupportedOperation):
        file.fileno()


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "read", "seek"]), st.integers(0, 700_000)), max_size=20
)


@given(STEPS)
@examples(60)
def test_it_is_a_file_as_any_other(steps: list[tuple[str, int]]) -> None:
    noise, plain = secrets.token_bytes(1000), io.BytesIO()
    with scratch() as file:
        for step, number in steps:
            if step == "seek":
                number = min(number, len(plain.getvalue()))
                assert file.seek(number) == plain.seek(number)
            elif step == "write":
                content = noise * (number // 1000) + noise[: number % 1000]
                assert file.write(content) == plain.write(content)
            else:
                assert file.read(number) == plain.read(number)
        file.seek(0)
        assert file.read() == plain.getvalue()


@pytest.mark.skipif(not LINUX.is_dir(), reason="only Linux shows the files of a process")
@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_while_an_export_is_made_no_word_stands_in_clear(database: Database, form: str) -> None:
    publish(database, source("  said: {type: text, label: What?}\n"))
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "something")
    say(database, (STORY + ". ") * 20_000)  # more than waits in memory, and than a cell can hold
    looked: list[int] = []

    def look(_number: int) -> None:
        held = list(without_name())
        looked.append(len(held))
        assert not [one for one in held if b"zither" in one]

    found = take(database, shelf, Order(Filter("small")), step=look)
    assert found is not None
    with scratch() as file:
        make(found, form, file)
        look(0)
        assert looked[-1] > 0
        content = file.read()
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = packed.read("xl/worksheets/sheet2.xml")  # where the text goes on
    assert b"zither" in content
