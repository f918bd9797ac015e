"""The seal at the end of a backup: a keyed digest of all before it, by TESTIMONY_KEYS.

Whoever has these keys can tell without the private key that a backup is whole and ours; encryption to a public key
alone would not tell, for anybody may encrypt to it.
"""

import hmac
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from storage.vault import NAME_BYTES, Vault

AGE = b"age-encryption.org/"  # how an age file begins
MARK = b"\ntestimony seal 1 "
LENGTH = len(MARK) + 2 * NAME_BYTES + 1 + 64 + 1
SEAL = re.compile(re.escape(MARK) + rb"([0-9a-f]{8}) ([0-9a-f]{64})\n")
PIECE = 256 * 1024

Step = Callable[[int], None]


class BackupFailed(Exception):
    """A backup cannot be made, read or restored; says why, for whoever must mend it, without words of people."""


class Damaged(BackupFailed):
    """It is not what was written: cut, changed, or no backup at all."""


class OtherKeys(BackupFailed):
    """It was sealed under a key that TESTIMONY_KEYS does not hold."""


class Sealed:
    """A writer that puts the seal behind what went through it."""

    def __init__(self, file: IO[bytes], vault: Vault) -> None:
        self._file = file
        self._name, self._digest = vault.stamp()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._put(data)
        self._digest.update(data)
        return len(data)

    def finish(self) -> None:
        """Write the seal; before that it is no backup."""
        self._put(MARK + f"{self._name.hex()} {self._digest.hexdigest()}\n".encode())

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left:  # a file without a buffer may take less at once
            left = left[self._file.write(left) :]
        self.size += len(data)


@dataclass(frozen=True)
class Seal:
    """What stands at the end: the name of the key, the digest, and where it begins."""

    name: bytes
    digest: str
    start: int


def seal_of(file: IO[bytes]) -> Seal:
    """The seal of a backup; raises Damaged when it has none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if file.read(len(AGE)) != AGE:
        raise Damaged("This is no backup of Testimony.")
    file.seek(max(0, size - LENGTH))
    found = SEAL.fullmatch(file.read(LENGTH))
    if found is None:
        raise Damaged("This backup is cut short: its end is missing. Take another one.")
    return Seal(bytes.fromhex(found[1].decode()), found[2].decode(), size - LENGTH)


def verify(file: IO[bytes], vault: Vault, step: Step = lambda _: None) -> None:
    """Read all of a backup and compare its seal; raises Damaged or OtherKeys. ``step`` is told of the bytes read."""
    seal = seal_of(file)
    digest = vault.stamp_of(seal.name)
    if digest is None:
        raise OtherKeys(
            f"This backup was made under the key {seal.name.hex()}, which is not in TESTIMONY_KEYS. Without it "
            "nobody can read the words and numbers in it. Put that key into TESTIMONY_KEYS and try again."
        )
    for piece in _pieces(Body(file, seal.start)):
        digest.update(piece)
        step(len(piece))
    if not hmac.compare_digest(digest.hexdigest(), seal.digest):
        raise Damaged("This backup was changed or damaged after it was made. Take another one.")


class Body:
    """What stands before the seal, as a file that is read from its beginning to there."""

    def __init__(self, file: IO[bytes], length: int, step: Step = lambda _: None) -> None:
        file.seek(0)
        self._file, self._left, self._step = file, length, step

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        self._step(len(piece))
        return piece


def _pieces(body: Body) -> Iterator[bytes]:
    while piece := body.read(PIECE):
        yield piece
