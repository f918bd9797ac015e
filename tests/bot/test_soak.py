"""A small town for a while: every message accounted for, every interview explained, nobody's words mixed."""

from pathlib import Path

import pytest

from flows import Heard
from tests.soak import run


@pytest.mark.parametrize("seed", [1, 2])
def test_a_town_of_residents_ends_explained(tmp_path: Path, seed: int) -> None:
    counted = run(residents=40, messages=14, seed=seed, folder=tmp_path)
    assert set(counted["heard"]) <= {*(one.value for one in Heard), "None"}
    assert counted["heard"]["answer"] > 50
    assert counted["statuses"]["waiting"] > 0
