"""JSON Lines: one interview a line, its repeats inside it, numbers as numbers and choices as lists. As it was said."""

import json
from typing import Any

from storage.exports.cells import Times
from storage.exports.columns import Column, Table
from storage.exports.extract import Extract
from storage.exports.formats import Counts
from storage.exports.whole import BYTES


def write(extract: Extract, file: BYTES) -> Counts:
    """Every interview as an object: what is known of it, its ``answers``, and its ``repeats`` by id."""
    main, *repeats = extract.tables
    counts = {table.repeat: 0 for table in extract.tables}
    for told in extract.told():
        nested = {}
        for table in repeats:
            times = [
                index for index in told.times if index and table.questions & set(told.times[index])
            ]
            if times:
                nested[table.repeat] = [
                    {"index": index} | _answers(extract, table, told.times, index)
                    for index in sorted(times)
                ]
            counts[table.repeat] += len(times)
        counts[""] += 1
        about = dict(zip(main.key, told.head, strict=True))
        whole = about | {"answers": _answers(extract, main, told.times, 0), "repeats": nested}
        file.write(json.dumps(whole, ensure_ascii=False).encode() + b"\n")
    return counts


def _answers(extract: Extract, table: Table, times: Times, index: int) -> dict[str, Any]:
    """Of each question that was asked what was answered; what was not asked is not there."""
    answers = times.get(index, {})
    return {
        column.question: _labelled(extract, column, answers[column.question])
        for column in table.columns
        if column.choice is None and not column.inside and column.question in answers
    }


def _labelled(extract: Extract, column: Column, value: Any) -> Any:
    if not extract.order.labels:
        return value
    known = extract.labels.of(column)
    if isinstance(value, list):
        return [known.get(code, code) for code in value]
    return extract.labels.cell(column, value)
