"""What the pages of staff work with: handed in by the composition root, fetched by the views."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from storage.db import Database
from storage.library import Library

NAME = "testimony.desk"


@dataclass(frozen=True)
class Desk:
    """The database, the loaded flows, and the clock (aware, UTC)."""

    database: Database
    library: Library
    now: Callable[[], datetime]


def put_desk(app: Flask, desk: Desk) -> None:
    app.extensions[NAME] = desk


def desk() -> Desk:
    found: Desk = current_app.extensions[NAME]
    return found
