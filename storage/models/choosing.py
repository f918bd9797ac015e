"""The code of a closed answer as a column of its own, which the database itself works out from ``value``.

So whatever writes, changes, sets aside, removes or erases an answer keeps it, and no statement more is needed. Only a
text as short as a code can be is one; what tells in words is sealed and has no value.
"""

from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles

SQLITE = (
    "CASE WHEN NOT aside AND value LIKE '\"%' AND length(value) <= 65 THEN trim(value, '\"') END"
)
POSTGRESQL = (  # as the database itself writes it
    "CASE WHEN NOT aside AND json_typeof(value) = 'string'::text AND length(value #>> '{}'::text[]) <= 63 "
    "THEN value #>> '{}'::text[] ELSE NULL::text END"
)


class ChoiceOf(ColumnElement[str]):
    """Of an answer that counts: the code of its choice; None where it is no single choice."""

    type = Text()
    inherit_cache = True


@compiles(ChoiceOf)
def _sqlite(*_: Any, **__: Any) -> str:
    return SQLITE


@compiles(ChoiceOf, "postgresql")
def _postgresql(*_: Any, **__: Any) -> str:
    return POSTGRESQL
