"""What the pages of staff work with: handed in by the composition root, fetched by the views."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.orm import Session

from admin.remembering import Remembered
from flows.framework.model import Framework
from storage.db import Database
from storage.files import Store
from storage.library import Library
from storage.limiting import Standing

NAME = "testimony.desk"


@dataclass(frozen=True)
class Desk:
    """The database, the loaded flows, the clock (aware, UTC), and where the files are kept that people sent.

    Where people reach us, as far as it is known: ``number`` as +14045550100, ``telegram`` as the bot's name without @,
    ``public_url`` without a slash at its end. ``counts``: what was counted over very many testimonies a moment ago.
    ``places``: the folders on this machine that hold the database and the files. ``limits``: how those of the providers
    and of the day stand.
    """

    database: Database
    library: Library
    now: Callable[[], datetime]
    number: str | None = None
    telegram: str | None = None
    public_url: str | None = None
    files: Store | None = None
    counts: Remembered = field(default_factory=Remembered)
    places: Mapping[str, Path] = field(default_factory=dict)
    limits: Callable[[Session], Standing] = lambda _: Standing()

    @property
    def themes(self) -> Framework:
        """What testimonies are coded by."""
        return self.library.themes


def put_desk(app: Flask, desk: Desk) -> None:
    app.extensions[NAME] = desk


def desk() -> Desk:
    found: Desk = current_app.extensions[NAME]
    return found
