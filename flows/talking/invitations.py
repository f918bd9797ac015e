"""The codes of consultation meetings: how one is written, and how a message may write it.

Three letters and two digits in turn, "K4T7R": nothing that is misread or misheard, and neither a word nor a number nor
the code of a testimony. Which meeting has a code, and whether it is good today, is not known here.
"""

import re
import unicodedata

from flows.folding import plain_digits

LETTERS = "ACFHJKMPRTWXY"
DIGITS = "2346789"
SHAPE = (LETTERS, DIGITS, LETTERS, DIGITS, LETTERS)
LONGEST_TYPED = 20  # characters of a message that may be a code
_CODE = re.compile("".join(f"[{signs}]" for signs in SHAPE))
_BETWEEN = re.compile(r"[\s\-‐-―_.#\"'“”‘’«»!?]+")


def meeting_code(text: str) -> str | None:
    """The meeting's code that the whole of ``text`` is, in whatever way it was typed; None for what is none."""
    if len(text) > LONGEST_TYPED:
        return None
    plain = plain_digits(unicodedata.normalize("NFKC", text)).upper()
    bare = _BETWEEN.sub("", plain)
    return bare if _CODE.fullmatch(bare) else None
