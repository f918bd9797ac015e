"""GeoJSON: the places that were sent as coordinates, one point each, with the closed answers beside it.

A map is looked at by many: no words, no hour, and no place finer than the export's rule allows.
"""

import json
from collections.abc import Iterator
from typing import Any

from flows.language.expressions import TEXT
from storage.exports.cells import Row
from storage.exports.columns import Column, Table
from storage.exports.disclosing import point_in
from storage.exports.extract import Extract
from storage.exports.formats import Counts, Unfit
from storage.exports.values import closed
from storage.exports.whole import BYTES

KEPT = ("interview", "index", "language", "channel", "status")


def write(extract: Extract, file: BYTES) -> Counts:
    """A FeatureCollection, a point at a time. Raises Unfit for a flow that asks for no place."""
    tables = [(table, points) for table in extract.tables if (points := _points(table))]
    if not tables:
        raise Unfit("This flow asks for no place: it has no question of type geopoint.")
    coded = extract.coded()
    counts = {}
    file.write(b'{"type": "FeatureCollection", "features": [')
    between = b"\n"
    for table, points in tables:
        counts[table.repeat] = 0
        for row in coded.rows(table):
            counts[table.repeat] += 1
            for feature in _features(extract, row, table, points):
                file.write(between + json.dumps(feature, ensure_ascii=False).encode())
                between = b",\n"
    file.write(b"\n]}\n")
    return {"": 0} | counts


def _points(table: Table) -> list[Column]:
    return [column for column in table.columns if column.asked.type == "geopoint"]


def _features(
    extract: Extract, row: Row, table: Table, points: list[Column]
) -> Iterator[dict[str, Any]]:
    about = {name: row[name] for name in KEPT if name in row}
    if extract.order.labels and "language" in about and about["language"]:
        about["language"] = extract.labels.tongue(str(about["language"]))
    if day := row.get("started_at"):
        about["day"] = str(day)[:10]
    for column in table.columns:
        cell = closed(extract.labels, column, row[column.name])
        if column.kind != TEXT:
            about[column.name] = extract.labels.cell(column, cell) if extract.order.labels else cell
    for column in points:
        if place := point_in(row[column.name]):
            latitude, longitude = place
            yield {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(longitude), float(latitude)]},
                "properties": {"question": column.name, **about},
            }
