"""The tables of kept counts: numbers by day, month and year of begin, and when was last looked for what moved."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id


class Tally(Base):
    """What was counted of the interviews of a flow that began in one ``span``: a day, a month or a year in UTC.

    ``counts`` are sums by name, None where something changed since and it is to be counted anew; ``marks`` counts how
    often it was.
    """

    __tablename__ = "tallies"

    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    span: Mapped[str] = mapped_column(String(10), primary_key=True)
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    marks: Mapped[int] = mapped_column(Id)
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class TallyLook(Base):
    """One row: ``at`` was looked for interviews that had moved, and their days were marked."""

    __tablename__ = "tally_looks"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
