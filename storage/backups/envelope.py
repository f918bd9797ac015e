"""The age format (age-encryption.org), by pyrage: bytes encrypted to public keys, a piece at a time, and opened again.

What is opened is authenticated piece by piece, and its end is known to be its end. pyrage is loaded at the first use.
"""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from storage.backups.sealing import BackupFailed, Body, Damaged

WRONG_KEY = (
    "This private key does not open this backup: it was made for another one. The right one belongs to the public key "
    "that BACKUP_KEY held when the backup was made."
)
BROKEN = "This backup is damaged: what is in it cannot be decrypted. Take another one."


def new_pair(now: datetime) -> tuple[str, str]:
    """A private key, as the text of a key file, and its public key."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    text = f"# made {now:%Y-%m-%dT%H:%M:%SZ} for the backups of Testimony\n# public key: {public}\n{identity}\n"
    return text, public


def public_keys(text: str) -> tuple[str, ...]:
    """Public keys, comma between; raises ValueError for what is none."""
    from pyrage import RecipientError, x25519

    keys = tuple(key for part in text.split(",") if (key := part.strip()))
    for key in keys:
        if key.upper().startswith("AGE-SECRET-KEY-"):
            raise ValueError("it is a private key, which must not be on this machine")
        try:
            x25519.Recipient.from_str(key)
        except RecipientError:
            raise ValueError("a public key begins with age1 and has 62 characters") from None
    return keys


def private_keys(text: str) -> list[Any]:
    """The private keys in the text of a key file; raises BackupFailed when there are none."""
    from pyrage import IdentityError, x25519

    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except IdentityError:
        found = []
    if not found:
        raise BackupFailed(
            "The key file holds no private key: that is a line which begins with AGE-SECRET-KEY-1."
        )
    return found


def encrypt(keys: Sequence[str], parts: Iterable[bytes], write: Callable[[bytes], int]) -> None:
    """Have ``write`` get ``parts``, encrypted to ``keys``. Raises what either raises, and nothing is whole then."""
    import pyrage

    ends = _Ends(parts, write)
    to = [pyrage.x25519.Recipient.from_str(key) for key in keys]
    try:
        pyrage.encrypt_io(ends, ends, to)
    except Exception:
        if ends.error is not None:  # pyrage has made another of it
            raise ends.error from None
        raise


class _Ends:
    """What age reads from and writes to; keeps the error that came up there."""

    def __init__(self, parts: Iterable[bytes], write: Callable[[bytes], int]) -> None:
        self._parts, self._left = iter(parts), memoryview(b"")
        self._write = write
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                part = next(self._parts, None)
                if part is None:
                    return b""
                self._left = memoryview(part)
        except BaseException as error:
            self.error = error
            raise
        piece, self._left = self._left[:size], self._left[size:]
        return bytes(piece)

    def write(self, data: bytes) -> int:
        try:
            return self._write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        """All is written through already."""


class Opened:
    """An encrypted body to read from: age pushes in a thread of its own, and waits where nobody pulls."""

    def __init__(self, body: Body, identities: Sequence[Any]) -> None:
        self._body, self._identities = body, identities
        self._error: BaseException | None = None
        reading, self._writing = os.pipe()
        self._pipe = os.fdopen(reading, "rb")
        self._thread = threading.Thread(target=self._decrypt, name="backup", daemon=True)
        self._thread.start()

    def _decrypt(self) -> None:
        import pyrage

        try:
            with os.fdopen(self._writing, "wb", buffering=0) as pipe:
                pyrage.decrypt_io(self._body, pipe, self._identities)
        except BaseException as error:  # noqa: BLE001 - it is told where the body is read
            self._error = error

    def read(self, size: int) -> bytes:
        """Exactly so many bytes; raises Damaged, or BackupFailed when the key is another's."""
        data = self._pipe.read(size)
        if len(data) < size:
            self._thread.join()
            if self._error is not None and "No matching keys" in str(self._error):
                raise BackupFailed(WRONG_KEY)
            raise Damaged(BROKEN)
        return data

    def finish(self) -> None:
        """Make sure that all was read, and that it was all."""
        rest = self._pipe.read(1)
        self._thread.join()
        if rest or self._error is not None:
            raise Damaged(BROKEN)

    def __enter__(self) -> "Opened":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.close()  # who still pushes gets an error, and ends
        self._thread.join()
