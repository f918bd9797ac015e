"""The press: sets a page of plain words with typst, in the fonts that were installed with the program.

The machine's own fonts are asked only for letters those lack. A letter that no font has is an error, never an empty box
on a wall. No connection is opened, and nothing is read but fonts.
"""

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import regex

if TYPE_CHECKING:
    import typst

Kind = Literal["pdf", "png"]
PIXELS_PER_INCH = 127  # makes a page of 216 by 270 mm a picture of 1080 by 1350

PACKS = {  # package -> its folder of fonts
    "fontpkg_noto_sans": "files",
    "justmytype_intl_africa": "fonts",
    "justmytype_intl_cjk": "fonts",
    "justmytype_intl_rtl": "fonts",
}
FAMILIES = (
    "Noto Sans",  # also Vietnamese and Devanagari
    "Noto Sans Arabic",
    "Noto Sans Ethiopic",
    "Noto Sans Hebrew",
    "Noto Sans KR",
    "Noto Sans SC",
    "Noto Sans TC",
    "Noto Sans JP",
)
# A language's own font comes first: it also draws the digits, quotes and foreign words among its letters.
OWN = {
    **dict.fromkeys(("ar", "fa", "ps", "ur"), "Noto Sans Arabic"),
    **dict.fromkeys(("am", "ti"), "Noto Sans Ethiopic"),
    **dict.fromkeys(("he", "yi"), "Noto Sans Hebrew"),
    **dict.fromkeys(("zh-hant", "zh-hk", "zh-tw"), "Noto Sans TC"),
    "ja": "Noto Sans JP",
    "ko": "Noto Sans KR",
    "zh": "Noto Sans SC",
}
RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")

# Each letter by itself. PDF/UA refuses the empty box; a letter without width was lost to the mark above it.
PROOF = b"""
#let told = json(bytes(sys.inputs.told))
#set document(title: "Proof", date: none)
#set text(font: told.fonts)
#context for letter in told.letters [#assert(measure(letter).width > 0pt) #letter]
"""

# Control characters, halves of characters, and turns of direction that reach beyond their end.
UNSPEAKABLE = regex.compile(r"[\p{Cc}\p{Cs}\u202A-\u202E\s]+")
UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cc}\s]+")
# A word that no line would hold. In scripts that stand apart by themselves there is none.
ENDLESS = regex.compile(
    r"[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{25,}"
)
MAY_BREAK = "\u200b"


class Unprintable(Exception):
    """There are letters that no font has: which, and what helps."""

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = tuple(letters)
        self.named = ", ".join(
            f"{letter} ({' '.join(f'U+{ord(part):04X}' for part in letter)})" for letter in letters
        )
        super().__init__(
            f"No font on this machine has {self.named}. Leave it out, or install a font that has it, "
            "from fonts.google.com/noto or, on Debian, by apt install fonts-noto-core fonts-noto-color-emoji."
        )


def plain(text: str, longest: int | None = None) -> str:
    """One line of whole letters; beyond ``longest`` of them an ellipsis."""
    line: str = unicodedata.normalize("NFC", UNSPEAKABLE.sub(" ", text)).strip()
    letters: list[str] = regex.findall(r"\X", line)
    if longest is None or len(letters) <= longest:
        return line
    return "".join(letters[: longest - 1]) + "…"


def breakable(line: str) -> str:
    """The line, where words that no line would hold may be broken now and then."""
    return str(ENDLESS.sub(lambda word: MAY_BREAK.join(regex.findall(r"\X{1,12}", word[0])), line))


def printed(
    layout: bytes, told: Mapping[str, object], texts: Iterable[str], language: str, kind: Kind
) -> bytes:
    """The page that ``layout`` makes of what is told; ``texts`` are the words of it that can be seen.

    Raises ``Unprintable``.
    """
    tongue, _, place = language.lower().partition("-")
    own = OWN.get(language.lower()) or OWN.get(tongue, FAMILIES[0])
    page = {
        **told,
        "fonts": list(dict.fromkeys((own, *FAMILIES))),
        "language": tongue,
        "region": place if len(place) == 2 else None,
        "rtl": tongue in RIGHT_TO_LEFT,
    }
    letters = sorted({letter for text in texts for letter in seen(text)})
    fonts = shipped()
    if not proved(letters, page, fonts):
        fonts = installed()
        if lacking := [letter for letter in letters if not proved([letter], page, fonts)]:
            raise Unprintable(lacking)
    return typeset(layout, page, fonts, kind)


def seen(text: str) -> Iterable[str]:
    """What of a text must be seen: its letters with their marks, and without, lest the mark be all that is left."""
    for letter in regex.findall(r"\X", text):
        if not UNSEEN.fullmatch(letter):
            yield letter
            yield from regex.findall(r"[^\p{M}\p{Default_Ignorable_Code_Point}]", letter)


def proved(letters: Sequence[str], page: Mapping[str, object], fonts: "typst.Fonts") -> bool:
    """Whether these fonts have all the letters."""
    import typst  # here, as the command line starts without it

    try:
        typeset(PROOF, {"fonts": page["fonts"], "letters": letters}, fonts, "pdf")
    except typst.TypstError:
        return False
    return True


def typeset(layout: bytes, told: Mapping[str, object], fonts: "typst.Fonts", kind: Kind) -> bytes:
    import typst

    return typst.compile(
        layout,
        font_paths=fonts,
        ignore_system_fonts=True,  # what of them is wanted is in ``fonts``
        format=kind,
        ppi=PIXELS_PER_INCH,
        sys_inputs={"told": json.dumps(told)},
        pdf_standards=["ua-1"] if kind == "pdf" else [],  # also for those who have it read to them
        timestamp=0,
    )


@cache
def shipped() -> "typst.Fonts":
    """The fonts of the packages this program depends on."""
    return gathered(with_the_machines=False)


def installed() -> "typst.Fonts":
    """Those and the machine's own; looked up anew, for one may just have been installed."""
    return gathered(with_the_machines=True)


def gathered(*, with_the_machines: bool) -> "typst.Fonts":
    import typst

    packs = ((find_spec(package), folder) for package, folder in PACKS.items())
    return typst.Fonts(
        include_system_fonts=with_the_machines,
        include_embedded_fonts=False,
        font_paths=[
            str(Path(pack.origin).with_name(folder))
            for pack, folder in packs
            if pack and pack.origin
        ],
    )


def sms_code(number: str, words: str) -> str:
    """What a QR code holds that writes a text message."""
    # Phones old and new know this form better than RFC 5724's, and in capitals it makes a coarser, safer code.
    return f"SMSTO:{re.sub('[^0-9+]', '', number)}:{words}"


def drawn(content: str) -> str:
    """A QR code as SVG, without its margin, for which the page leaves room."""
    import segno  # here, as the command line starts without it

    picture = io.BytesIO()
    segno.make_qr(content, error="m", encoding="utf-8").save(
        picture, kind="svg", border=0, xmldecl=False
    )
    return picture.getvalue().decode()
