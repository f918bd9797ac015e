"""What stands where a file is to be put: only a plain file may be put another in the place of."""

import stat
from pathlib import Path


def is_plain(path: Path) -> bool:
    """Whether nothing is at ``path``, or a plain file: no folder, device, pipe or link."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:  # nothing is there; or nothing can be, which whoever writes is told
        return True
