"""Which file of themes holds for a flow's file, and what is wrong with it; each is read once."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import SURVEYS
from flows import FlowError, FlowErrors
from flows.errors import Mark
from flows.framework.model import Framework
from flows.framework.reading import NAME, load_framework, shipped

Read = Framework | tuple[FlowError, ...]


@dataclass
class Files:
    """The files of themes that were asked for, each with what came of reading it."""

    _read: dict[Path, Read] = field(default_factory=dict)

    def framework(self, flow: Path) -> Framework | None:
        """The themes that hold for a flow's file: those beside it, else those of FLOWS_DIR, else those that ship.

        None where they have mistakes: those are told, and nothing is held against them.
        """
        path = _own(flow)
        if path is None:
            return shipped()
        found = self._of(path)
        return found if isinstance(found, Framework) else None

    def mistakes(self, path: Path) -> tuple[FlowError, ...]:
        """What is wrong with a file of themes."""
        found = self._of(path)
        return () if isinstance(found, Framework) else found

    def needed(self, paths: Iterable[Path]) -> list[Path]:
        """The files of themes among ``paths``, and those that others of them needed."""
        named = [path for path in paths if path.name == NAME]
        return list({path.resolve(): path for path in [*named, *self._read]}.values())

    def _of(self, path: Path) -> Read:
        if path not in self._read:
            self._read[path] = _reading(path)
        return self._read[path]


def _own(flow: Path) -> Path | None:
    # not the settings: a check of a file shall make no keys
    folders = (flow.parent, Path(os.environ.get("FLOWS_DIR") or SURVEYS))
    return next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)


def _reading(path: Path) -> Read:
    try:
        return load_framework(path)
    except FlowErrors as errors:
        return tuple(one for one in errors.exceptions if isinstance(one, FlowError))
    except OSError as error:
        return (FlowError(str(path), Mark(), f"cannot be read: {error.strerror}"),)
