"""However many answers there are, an export holds no more of them at a time."""

import tracemalloc
from pathlib import Path

import pytest

from storage.exports import Order, take
from storage.exports.single import make
from storage.library import Library
from storage.testimonies import Filter
from tests.many_answers import fill

FEW, MANY = 45_000, 180_000  # three batches of interviews, and four times as many


def peak(folder: Path, answers: int, form: str) -> int:
    """Bytes of Python's memory that an export takes at most."""
    folder.mkdir()
    database = fill(folder, answers)
    found = take(database, Library(), Order(Filter("many")))
    assert found is not None
    with (folder / "out").open("w+b") as file:
        tracemalloc.start()
        make(found, form, file)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    database.close()
    return most


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_four_times_as_many_answers_take_no_more_memory(tmp_path: Path, form: str) -> None:
    peak(tmp_path / "first", 30, form)  # what is loaded once
    few, many = (peak(tmp_path / str(number), number, form) for number in (FEW, MANY))
    assert many < 1.2 * few
