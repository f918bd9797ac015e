"""A kept export in the store of files: sealed in parts, so that no size of it has to fit into memory.

Each part is bound to its name, and so to its place. Network and disk are touched here: never call it inside a
transaction.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from storage.files import Store, open_file, seal_file

PART = 4 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """Where the parts lie, and the key to them: keep it in memory only."""

    name: str
    parts: int
    key: bytes = field(repr=False)


def part_of(name: str, number: int) -> str:
    """Under which name the store holds a part, counted from 0."""
    return f"{name}-{number}"


def put(
    store: Store, name: str, key: bytes, file: IO[bytes], before: Callable[[int], None]
) -> None:
    """Put all of ``file`` into the store. ``before`` is told how many parts there will be, before each; it may raise.

    Raises StoreFailed.
    """
    number = 0
    while (content := file.read(PART)) or not number:
        before(number + 1)
        part = part_of(name, number)
        store.put(part, seal_file(key, part, content))
        number += 1


def read(store: Store, kept: Kept) -> Iterator[bytes]:
    """The content, a part at a time; raises StoreFailed, and VaultError when a part is another's or damaged."""
    for number in range(kept.parts):
        part = part_of(kept.name, number)
        yield open_file(kept.key, part, store.get(part))
