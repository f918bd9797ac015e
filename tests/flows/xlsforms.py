"""Spreadsheets for the tests, as a user of Kobo would write them; and XPath, read as those tools read it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from small_flows import TODAY

from flows import Flow, examine
from flows.xlsform.importing import Imported, import_form
from flows.xlsform.xpath import Call, Here, Minus, Node, Number, Op, Ref, Text, parse

SURVEY = ["type", "name", "label"]
IN_ENGLISH = {"settings": [["default_language"], ["English (en)"]]}


def book(**sheets: Iterable[Iterable[object]]) -> bytes:
    """A workbook: the rows of each sheet, the headings first."""
    made = Workbook()
    del made["Sheet"]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def form(*survey: list[object], choices: Iterable[Iterable[object]] = (), **sheets: Any) -> bytes:
    """A form in English: rows of the survey below its headings (the first row, where it begins with "type")."""
    headed = survey if survey[0][0] == "type" else (SURVEY, *survey)
    listed = [["list_name", "name", "label"], *choices]
    named = {} if survey[0][0] == "type" and "label" not in survey[0] else IN_ENGLISH
    return book(survey=headed, choices=listed, **{**named, **sheets})


def flow_of(imported: Imported, name: str = "small") -> Flow:
    """The flow that was made, which must be a good one."""
    found = examine(imported.source, f"{name}.yaml", stem=name)
    assert found.flow is not None, [str(one) for one in found.mistakes]
    return found.flow


def imported(data: bytes) -> Flow:
    return flow_of(import_form(data, "small"))


def told(data: bytes, kind: str) -> list[str]:
    """What an import tells of one kind, without the cures."""
    listed = import_form(data, "small").told
    return [f"{one.where}: {one.message}" for one in listed if one.kind == kind]


def differences(one: Flow, two: Flow) -> list[object]:
    """Everything in which two flows differ, but for the version and the places in the file."""
    found: list[object] = [
        (field.name, getattr(one, field.name), getattr(two, field.name))
        for field in fields(one)
        if field.name not in ("version", "questions")
        and getattr(one, field.name) != getattr(two, field.name)
    ]
    if [question.id for question in one.questions] != [question.id for question in two.questions]:
        return [*found, one.questions, two.questions]
    for first, second in zip(one.questions, two.questions, strict=True):
        found += [
            (first.id, field.name, getattr(first, field.name), getattr(second, field.name))
            for field in fields(first)
            if field.name != "path" and getattr(first, field.name) != getattr(second, field.name)
        ]
    return found


# XPath as ODK and Kobo evaluate it: everything is a text, and what is not answered is an empty one


Given = Mapping[str, str]


def evaluate(source: str, given: Given, own: str = "") -> bool:
    return _truth(_value(parse(source), given, own))


def _truth(value: object) -> bool:
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def _number(value: object) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    if isinstance(value, bool | float):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        pass
    try:
        return float(date.fromisoformat(str(value)).toordinal())
    except ValueError:
        return float("nan")


def _compare(sign: str, one: Any, two: Any) -> bool:
    if isinstance(one, bool) or isinstance(two, bool):
        one, two = _truth(one), _truth(two)
    elif sign not in ("=", "!=") or isinstance(one, float | date) or isinstance(two, float | date):
        one, two = _number(one), _number(two)
    match sign:
        case "=":
            return bool(one == two)
        case "!=":
            return bool(one != two)
        case "<":
            return bool(one < two)
        case "<=":
            return bool(one <= two)
        case ">":
            return bool(one > two)
    return bool(one >= two)


def _reckon(sign: str, one: float, two: float) -> float:
    match sign:
        case "+":
            return one + two
        case "-":
            return one - two
        case "*":
            return one * two
    return one / two if two else float("nan")


def _value(node: Node, given: Given, own: str) -> Any:
    match node:
        case Number(number):
            return float(number)
        case Text(word):
            return word
        case Here():
            return given.get(own, "")
        case Ref(name):
            return given.get(name, "")
        case Minus(inner):
            return -_number(_value(inner, given, own))
        case Op("and", left, right):
            return _truth(_value(left, given, own)) and _truth(_value(right, given, own))
        case Op("or", left, right):
            return _truth(_value(left, given, own)) or _truth(_value(right, given, own))
        case Op("=" | "!=" | "<" | "<=" | ">" | ">=" as sign, left, right):
            return _compare(sign, _value(left, given, own), _value(right, given, own))
        case Op(sign, left, right):
            numbers = (_number(_value(one, given, own)) for one in (left, right))
            return _reckon(sign, *numbers)
        case Call(name, args):
            return _called(name, args, [lambda one=one: _value(one, given, own) for one in args])
    raise AssertionError(node)


def _called(name: str, nodes: tuple[Node, ...], args: list[Any]) -> Any:
    match name:
        case "today":
            return TODAY
        case "true" | "false":
            return name == "true"
        case "not":
            return not _truth(args[0]())
        case "if":
            return args[1]() if _truth(args[0]()) else args[2]()
        case "selected":
            return args[1]() in str(args[0]()).split()
        case "count-selected":
            return float(len(str(args[0]()).split()))
        case "string-length":
            return float(len(str(args[0]())))
        case "date":
            value = args[0]()
            if isinstance(value, float):
                return date.fromordinal(int(value)) if value == value else ""
            return value if isinstance(value, date) or not value else date.fromisoformat(value)
        case "int":
            number = _number(args[0]())
            return float(int(number)) if number == number else number
        case "number":
            return _number(args[0]())
        case "format-date":
            day = args[0]()
            return day and (day if isinstance(day, date) else date.fromisoformat(day)).strftime(
                "%Y%m%d"
            )
        case "concat":
            return "".join(str(arg()) for arg in args)
    raise AssertionError(name, nodes)
