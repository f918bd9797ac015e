"""Both locks hold the same versions: who ran the tests in a folder runs the service there with what was tested."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;]+)([^\\\n]*)", re.MULTILINE)


def pins(name: str) -> dict[tuple[str, str], str]:
    """The versions of a lock, by package and by the machines that it is for."""
    found = PIN.findall((ROOT / name).read_text(encoding="utf-8"))
    return {(package, marker.strip()): version for package, version, marker in found}


def test_what_runs_is_what_was_tested() -> None:
    run, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert len(run) > 50
    differing = {one: (run[one], tested[one]) for one in run.keys() & tested.keys()}
    assert {one: both for one, both in differing.items() if both[0] != both[1]} == {}
    assert {package for package, _ in run} <= {package for package, _ in tested}
