"""A flow's text as it comes in, typed or uploaded: whole, in UTF-8, of a bearable size, or refused with the cure.

Whether it means anything is not asked here.
"""

from typing import IO

from flask_babel import gettext as _

from flows import FlowErrors
from flows.notation.reading import decode

MAX_BYTES = 500_000
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unusable(ValueError):
    """What came cannot be kept as a flow's text; the message says why and what helps."""


def written(text: str) -> str:
    """What a form sent, with line ends as files have them."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if len(plain.encode(errors="replace")) > MAX_BYTES:
        raise Unusable(_("The text is longer than 500 kB. Part it into two surveys."))
    if "\0" in plain:
        raise Unusable(_("The text holds a character that is no letter (NUL). Remove it."))
    return plain


def uploaded(stream: IO[bytes]) -> str:
    """The text of an uploaded file."""
    raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Unusable(_("This file is larger than 500 kB. Choose the survey’s YAML file."))
    if raw.startswith(UTF_16):
        raise Unusable(_("This file is saved as UTF-16. Save it as UTF-8 and choose it again."))
    if b"\0" in raw:
        raise Unusable(_("This is not a text file. Choose a YAML file: its name ends in .yaml."))
    try:
        text = written(decode(raw, "the file"))
    except FlowErrors as errors:
        line = errors.exceptions[0].mark.line  # type: ignore[union-attr]
        raise Unusable(
            _(
                "Line %(line)s of this file is not UTF-8 text. Save the file as UTF-8 and choose it again.",
                line=line,
            )
        ) from None
    if not text.strip():
        raise Unusable(_("This file is empty."))
    return text
