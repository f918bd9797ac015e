"""What documents tell to be measured by can be run: each begins to, with what it needs."""

import importlib
from pathlib import Path

import pytest

MEASURING = sorted(one.stem for one in Path(__file__).parent.glob("measure_*.py"))


@pytest.mark.parametrize("name", [*MEASURING, "bench"])
def test_what_measures_loads(name: str) -> None:
    assert MEASURING
    importlib.import_module(f"tests.{name}")
