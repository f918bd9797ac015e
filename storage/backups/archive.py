"""A tar archive as a stream: members one behind the other, each small enough for memory, none of them kept."""

import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime

from storage.backups.sealing import Damaged

BLOCK = tarfile.BLOCKSIZE
MOST = 256 * 1024 * 1024  # bytes of one member; ours are far smaller
END = bytes(2 * BLOCK)


def member(name: str, data: bytes, at: datetime) -> tuple[bytes, ...]:
    """One file of the archive, in pieces: a large one is not copied."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o600, int(at.timestamp())
    return info.tobuf(tarfile.USTAR_FORMAT), data, bytes(-len(data) % BLOCK)


def members(read: Callable[[int], bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of an archive, by what gives exactly so many bytes of it; raises Damaged."""
    while (header := read(BLOCK)) != bytes(BLOCK):
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        except tarfile.HeaderError:
            raise Damaged("This backup is damaged: it is no archive.") from None
        if not info.isreg() or not 0 <= info.size <= MOST:
            raise Damaged("This backup holds what no backup of ours holds.")
        data = read(info.size)
        read(-info.size % BLOCK)
        yield info.name, data
    if read(BLOCK) != bytes(BLOCK):
        raise Damaged("This backup is damaged: its archive does not end.")
