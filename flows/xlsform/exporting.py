"""A flow to an XLSForm that Kobo and ODK take, with all that they have no word for on a sheet of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flows.language.model import Flow
from flows.language.shape import FlowShape
from flows.loader import Examined
from flows.phrases import phrasebook
from flows.xlsform.book import write_book
from flows.xlsform.carried import CLOSING, CONSENT, DECLINED, LISTS, SHEET, WRAPPER
from flows.xlsform.columns import heading
from flows.xlsform.names import free
from flows.xlsform.protecting import protect
from flows.xlsform.rows import Rows
from flows.xlsform.told import Told
from flows.xlsform.wording import join_words, to_form

COLUMNS: tuple[str, ...] = (
    *("type", "name", "label", "hint", "relevant", "constraint", "constraint_message"),
    *("required", "calculation", "parameters", "appearance"),
)
TRANSLATED = ("label", "hint", "constraint_message")
YES_NO = "testimony_yes_no"
SPANS = (("day", 24), ("hour", 1), ("week", 168), ("month", 720))
USUAL = (FlowShape.model_fields["country"].default, "", "false")  # what needs no word
MOST = 9_999  # of one unit in a span of time


@dataclass(frozen=True)
class Exported:
    """A workbook, and what other tools will not see of the flow."""

    data: bytes
    told: tuple[Told, ...]


def export_flow(examined: Examined) -> Exported:
    """The form of a flow that has no mistakes. Raises FormError for a text that no cell holds."""
    flow, document = examined.flow, examined.document
    assert flow  # noqa: S101 - the caller tells its mistakes
    assert document  # noqa: S101 - where there is a flow, there is what it was read from
    shape = FlowShape.model_validate(document.data)
    rows = Rows(flow, shape, YES_NO)
    _head(rows)
    lists = _lists(rows)
    _survey(rows)
    choices = [*lists, *_own_lists(rows)]
    sheets: dict[str, Sequence[Sequence[str]]] = {
        "survey": _table(rows.survey, COLUMNS, flow),
        "choices": _table([*choices, *_yes_no(flow)], ("list_name", "name", "label"), flow),
        "settings": _settings(rows),
        SHEET: rows.carrier.rows,
    }
    return Exported(write_book(sheets), tuple(rows.told()))


def _table(rows: list[dict[str, str]], columns: tuple[str, ...], flow: Flow) -> list[list[str]]:
    """Rows by their headings: a translated column once for each language."""
    keys: list[str] = []
    for column in columns:
        keys += (
            [f"{column}::{language}" for language in flow.languages]
            if column in TRANSLATED
            else [column]
        )
    headings = [heading(*key.split("::")) if "::" in key else key for key in keys]
    return [headings, *([row.get(key, "") for key in keys] for row in rows)]


def _settings(rows: Rows) -> list[list[str]]:
    flow = rows.flow
    said = rows.text(rows.shape.title)[flow.source_language]
    title = to_form(said, lambda _: "")
    rows.carrier.cell("", "form_title", title, said)
    default = heading("", flow.source_language).removeprefix("::")
    return [["form_title", "form_id", "default_language"], [title, flow.name, default]]


def _head(rows: Rows) -> None:
    shape, carrier = rows.shape, rows.carrier
    carrier.note("", "languages", join_words(shape.languages))
    said = {"country": shape.country, "timezone": shape.timezone}
    for key, value in {**said, "unlisted": str(shape.unlisted).lower()}.items():
        if value not in USUAL:
            rows.note("", key, value)
    carrier.each("", "title", rows.text(shape.title).items())
    rows.note_each("", "contact", rows.text(shape.contact).items())
    keywords = rows.by_code(shape.keywords)
    rows.note_each("", "keywords", [(code, join_words(words)) for code, words in keywords.items()])
    if shape.expires:
        rows.note("", "expires", _span(shape.expires))
    if shape.remind:
        rows.note("", "remind", join_words(map(_span, shape.remind)))
    protect(rows)
    if shape.choice_lists:
        carrier.note("", LISTS, join_words(map(rows.list_name, shape.choice_lists)))
    for code, one in shape.translations.items():
        if one.reviewed:
            carrier.note("", "reviewed", "true", code)
        if one.sources:
            carrier.note("", "sources", join_words(one.sources), code)


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds()) // 3600
    for unit, each in SPANS:
        if hours % each == 0 and hours // each <= MOST:
            return f"{hours // each} {unit}{'' if hours == each else 's'}"
    return f"{hours} hours"


def _survey(rows: Rows) -> None:
    """The consent, the no to it, and behind a yes all questions and the closing."""
    shape = rows.shape
    asked, declined, wrapper, closing = (
        free(name, lambda one: one in rows.names)
        for name in ("consent", "declined", "agreed", "closing")
    )
    consent = {"type": f"select_one {YES_NO}", "name": asked, "required": "yes"}
    rows.row(consent, CONSENT, label=shape.consent.label)
    no = {"type": "note", "name": declined, "relevant": f"${{{asked}}} = 'no'"}
    rows.row(no, DECLINED, label=shape.consent.declined)
    yes = {"type": "begin_group", "name": wrapper, "relevant": f"${{{asked}}} = 'yes'"}
    rows.row(yes, WRAPPER)
    rows.items(shape.questions)
    rows.row({"type": "note", "name": closing}, CLOSING, label=shape.closing)
    rows.survey.append({"type": "end_group"})


def _lists(rows: Rows) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name, choices in rows.shape.choice_lists.items():
        listed = rows.list_name(name)
        if listed != name:
            rows.carrier.note(listed, "list", name)
        found += rows.choices(listed, choices)
    return found


def _own_lists(rows: Rows) -> list[dict[str, str]]:
    return [row for name, choices in rows.own_lists.items() for row in rows.choices(name, choices)]


def _yes_no(flow: Flow) -> list[dict[str, str]]:
    return [
        {"list_name": YES_NO, "name": code}
        | {f"label::{one}": phrasebook(one).phrases[code] for one in flow.languages}
        for code in ("yes", "no")
    ]
