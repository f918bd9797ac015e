"""Gettext catalogs, as Poedit and Weblate read and write them.

The id of a text is its context (msgctxt), the source its msgid. A stale translation is fuzzy.
"""

import re
from collections.abc import Iterable

from babel.core import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural

from flows.language.entries import Entry, State
from flows.translating.sheet import Header, Moment, Row, Sheet, Unreadable

NAMED = "X-Testimony"  # whose texts a catalog holds
FROM = "X-Source-Language"
_SIMPLE = re.compile(r"\{\w+\}")
_LINE = re.compile(r"\(line (\d+)\)(?:: (.+))?|line (\d+)")


def write_po(entries: Iterable[Entry], header: Header, moment: Moment) -> bytes:
    """The entries as a catalog."""
    import polib  # here, because only translators' files need it

    catalog = polib.POFile(wrapwidth=100)
    catalog.metadata = _metadata(header, moment)
    for entry in entries:
        fuzzy = entry.state is State.STALE
        catalog.append(
            polib.POEntry(
                msgctxt=entry.id,
                msgid=entry.source,
                msgstr=entry.translation,
                previous_msgid=entry.previous or None,
                previous_msgctxt=entry.id if entry.previous else None,
                comment="\n".join(_comments(entry)),
                flags=[*(["fuzzy"] if fuzzy else []), *_flags(entry)],
            )
        )
    return str(catalog).encode()


def _metadata(header: Header, moment: Moment) -> dict[str, str]:
    try:
        team = Locale.parse(header.language, sep="-").english_name or header.language
    except (UnknownLocaleError, ValueError):
        team = header.language
    at = moment.at.strftime("%Y-%m-%d %H:%M%z")
    return {
        "Project-Id-Version": header.name,
        "POT-Creation-Date": at,
        "PO-Revision-Date": at,
        "Last-Translator": moment.program,
        "Language-Team": team,
        "Language": header.language.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": str(get_plural(header.language.replace("-", "_")).plural_forms).rstrip(";")
        + ";",
        "X-Generator": moment.program,
        NAMED: header.name,
        FROM: header.source,
    }


def _comments(entry: Entry) -> Iterable[str]:
    yield entry.context
    for name, shown in entry.placeholders.items():
        yield f"{{{name}}}: {shown}"
    if entry.longest:
        yield f"Good up to {entry.longest} characters."
    if entry.note:
        yield entry.note


def _flags(entry: Entry) -> Iterable[str]:
    """What Weblate and msgfmt check by themselves."""
    if entry.placeholders and len(_SIMPLE.findall(entry.source)) == entry.source.count("{"):
        yield "python-brace-format"
    if entry.longest:
        yield f"max-length:{entry.longest}"


def read_po(raw: bytes) -> Sheet:
    """The sheet in a catalog; raises Unreadable when it is none."""
    import polib  # here, because only translators' files need it

    text = _decoded(raw)
    if "msgid" not in text:
        raise Unreadable("This is not a PO file: it holds no msgid.")
    try:
        # polib opens a file where its argument is the name of one: a line feed is in no name
        catalog = polib.pofile(f"{text}\n", encoding="utf-8")
    except (OSError, ValueError, IndexError) as error:
        raise Unreadable(
            f"This PO file cannot be read{_where(error)}. Save it again with Poedit."
        ) from None
    said = catalog.metadata
    header = Header(
        said.get(NAMED, ""), said.get(FROM, ""), said.get("Language", "").replace("_", "-")
    )
    rows = [
        Row(entry.msgctxt or "", entry.msgid, entry.msgstr, unsure="fuzzy" in entry.flags)
        for entry in catalog
        if not entry.obsolete
    ]
    return Sheet(header, tuple(rows))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text: let Poedit save it as UTF-8.") from None


def _where(error: Exception) -> str:
    found = _LINE.search(str(error))
    return f" (line {found[1] or found[3]}{f': {found[2]}' if found[2] else ''})" if found else ""
