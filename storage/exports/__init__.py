"""Answers as they leave the database: what may leave, as which columns, in which format.

Only what stands in the allow-list here is ever written: never an address, a pseudonym or a message. ``extract.take``
begins an export, ``formats`` says what there is to write one as, ``whole`` keeps half a file from looking whole.
"""

from storage.exports.cells import REFUSED, Cell, utc
from storage.exports.columns import Column, Table, tables_of
from storage.exports.disclosing import WITHHELD
from storage.exports.extract import Extract, Order, UnknownLanguage, take
from storage.exports.reading import BATCH, rows

__all__ = [
    "BATCH",
    "REFUSED",
    "WITHHELD",
    "Cell",
    "Column",
    "Extract",
    "Order",
    "Table",
    "UnknownLanguage",
    "rows",
    "tables_of",
    "take",
    "utc",
]
