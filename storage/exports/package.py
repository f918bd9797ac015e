"""A Frictionless data package: the tables as CSV, and datapackage.json, which says what every column is.

Its CSV has no byte order mark, for the standard has none; what could run as a formula is neutralised as everywhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.language.expressions import DATE
from storage.exports.archive import Archive, archive
from storage.exports.bundle import file_of
from storage.exports.cells import Row
from storage.exports.columns import Column, Table
from storage.exports.extract import CONSENTS, Extract
from storage.exports.formats import Counted, Counts
from storage.exports.values import MISSING, Field, fields_of, is_number, typed
from storage.exports.whole import BYTES
from storage.tables import csv_lines

HEAD = {"interview": "integer", "index": "integer", "sensitive": "integer"}
HEAD |= {"started_at": "datetime", "completed_at": "datetime", "at": "datetime"}


def write(extract: Extract, file: BYTES) -> Counts:
    """The package as one ZIP."""
    counts, resources = {}, []
    with archive(file) as made:
        for table in extract.tables:
            fields = fields_of(extract, table)
            rows = Counted(typed(fields, extract.rows(table)))
            names = [field.name for field in fields]
            described = [_described(extract, field) for field in fields]
            schema = {"fields": described, "missingValues": ["", *MISSING], **_keys(table)}
            resources.append(_resource(made, file_of(table.repeat), names, rows, schema))
            counts[table.repeat] = rows.number
        book = extract.labels.codebook_header
        for name, header, plain in (
            ("codebook.csv", book, extract.labels.codebook()),
            ("consents.csv", CONSENTS, extract.consents()),
        ):
            listed = [{"name": one, "type": HEAD.get(one, "string")} for one in header]
            resources.append(_resource(made, name, header, plain, {"fields": listed}))
        made.text(
            "datapackage.json",
            json.dumps(_package(extract, resources), indent=2, ensure_ascii=False),
        )
    return counts


def _package(extract: Extract, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": extract.flow,
        "title": extract.labels.say(extract.versions[0].title),
        "resources": list(resources),
    }


def _resource(
    made: Archive, path: str, header: Sequence[str], rows: Iterable[Row], schema: dict[str, Any]
) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with made.entry(path) as entry:
        for line in _lines(header, rows):
            entry.write(line)
            digest.update(line)
            size += len(line)
    return {
        "profile": "tabular-data-resource",
        "name": path.removesuffix(".csv").replace("_", "-").lower(),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "schema": schema,
    }


def _lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    return (line.encode() for line in csv_lines(header, rows, mark=""))


def _keys(table: Table) -> dict[str, Any]:
    if not table.repeat:
        return {"primaryKey": "interview"}
    main = {"resource": "answers", "fields": "interview"}
    return {
        "primaryKey": ["interview", "index"],
        "foreignKeys": [{"fields": "interview", "reference": main}],
    }


def _described(extract: Extract, field: Field) -> dict[str, Any]:
    if field.column is None:
        return {"name": field.name, "type": HEAD.get(field.name, "string")}
    title = extract.labels.heading(field.column)
    return {
        "name": field.name,
        "title": f"{title} (words)" if field.words else title,
        "type": "string" if field.words else _type(field.column),
    }


def _type(column: Column) -> str:
    if is_number(column):
        whole = column.choice or column.inside or column.asked.type == "integer"
        return "integer" if whole else "number"
    return "date" if column.kind == DATE else "string"
