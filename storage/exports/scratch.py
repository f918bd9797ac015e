"""A file to work in whose words nobody can read on the disk: without a name, and under a key that only memory knows.

Who dies on the way (kill -9) leaves nothing but noise, and no name that leads to it.
"""

import io
import secrets
import tempfile
from typing import IO, Any, cast

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

KEY_BYTES, BLOCK = 32, 16
BUFFER = 256 * 1024


def scratch() -> IO[bytes]:
    """A new one, empty; it is gone when it is closed."""
    return cast(IO[bytes], io.BufferedRandom(_Sealed(), BUFFER))


class _Sealed(io.RawIOBase):
    """AES in counter mode, by place: any place can be read or written. It says of no descriptor, lest one read past it.

    A place that is written twice is under the same stream twice: so are the heads of entries in a ZIP, and no words.
    """

    def __init__(self) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed in close
        self._cipher = AES(secrets.token_bytes(KEY_BYTES))

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        return self._file.truncate(size)

    def readinto(self, buffer: Any) -> int:
        at = self._file.tell()
        found = self._file.read(len(buffer)) or b""
        buffer[: len(found)] = self._under(at, found)
        return len(found)

    def write(self, content: Any) -> int:
        at = self._file.tell()
        return self._file.write(self._under(at, bytes(content)))

    def _under(self, at: int, content: bytes) -> bytes:
        """The content under the stream of its place, or from under it."""
        block, within = divmod(at, BLOCK)
        stream = Cipher(self._cipher, CTR(block.to_bytes(BLOCK, "big"))).encryptor()
        stream.update(bytes(within))
        return stream.update(content)

    def close(self) -> None:
        self._file.close()
        super().close()
