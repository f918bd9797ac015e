"""How much room is left where this machine keeps what is ours. No file is opened."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
PART, ENOUGH, LEAST = 0.10, 10 * GIB, GIB  # of the whole; bytes that always do, and never do


@dataclass(frozen=True)
class Disk:
    """The disk on which ``names`` are kept; in bytes."""

    names: tuple[str, ...]
    free: int
    size: int

    @property
    def nearly_full(self) -> bool:
        return self.free < max(LEAST, min(self.size * PART, ENOUGH))


def disks(places: Mapping[str, Path]) -> list[Disk]:
    """The disks that hold ``places``, each once. What cannot be looked at is left out."""
    found: dict[int, Disk] = {}
    for name, place in places.items():
        there = next((one for one in (place, *place.parents) if one.exists()), place)
        try:
            number, usage = there.stat().st_dev, shutil.disk_usage(there)
        except OSError:
            continue
        before = found.get(number)
        found[number] = Disk((*(before.names if before else ()), name), usage.free, usage.total)
    return list(found.values())
