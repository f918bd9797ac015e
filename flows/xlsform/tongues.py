"""Which languages a form speaks, by the headings of its columns, and which of them comes first."""

from flows.xlsform.book import Sheet
from flows.xlsform.carried import Carried
from flows.xlsform.columns import TRANSLATED, column, language_code
from flows.xlsform.told import CHANGED, LEFT, Ledger
from flows.xlsform.wording import split_words

FALLBACK = "en"
WRITE_CODE = "Write its code behind it, such as label::Kreyòl (ht)."


def tongues(
    survey: Sheet, choices: Sheet, default: str, wanted: str, carried: Carried, ledger: Ledger
) -> tuple[dict[str, str], list[str]]:
    """The codes of the languages as the headings name them, and the codes in their order, the source first."""
    named = dict.fromkeys([*_written(survey), *_written(choices)])
    codes: dict[str, str] = {}
    for written in named:
        code = language_code(written)
        if code and code not in codes.values():
            codes[written] = code
        elif written:
            reason = f"is {code} too" if code else "is not known as a language"
            message = f"the columns in “{written}”, which {reason}"
            ledger.add(LEFT, "headings", message, WRITE_CODE)
    if "" in named or not codes:
        alone = not codes
        in_choices = "" not in _written(survey) and not alone  # choices speak as the survey does
        first = next(iter(codes.values())) if in_choices else ""
        codes[""] = wanted or language_code(default) or first or _guessed(ledger, alone=alone)
    ours = split_words(carried.said("", "languages"))
    source = language_code(default)
    before = ours or ([source] if source in codes.values() else [])
    headed = [codes[one] for one in (*named, "") if one in codes]
    return codes, list(dict.fromkeys([*before, *headed]))


def _written(sheet: Sheet) -> list[str]:
    columns = [column(heading) for heading in sheet.headings if sheet.rows]
    return [
        written for key, written in columns if key in TRANSLATED and (key == "label" or written)
    ]


def _guessed(ledger: Ledger, *, alone: bool) -> str:
    """The language of the columns that name none, when nothing says it."""
    message = f"the columns that name no language were taken to be in {FALLBACK}"
    cure = "If that is wrong, import again with --language and the code of their language."
    ledger.add(CHANGED, "headings" if alone else "headings such as “label”", message, cure)
    return FALLBACK
