"""What codes are called in the language of the page: themes, groups of persons, and what a testimony tells."""

from flask_babel import lazy_gettext

from admin import interface
from admin.desk import desk
from flows.folding import fold
from flows.framework.model import ASSESSMENTS
from storage.codings import ASSESSMENT, GROUP, THEME

CALLED = {
    "problem": lazy_gettext("Problem"),
    "progress": lazy_gettext("Progress"),
    "recommendation": lazy_gettext("Recommendation"),
}

GROUPS_OF_CODES = (
    (ASSESSMENT, lazy_gettext("What it tells")),
    (THEME, lazy_gettext("Themes")),
    (GROUP, lazy_gettext("Groups of persons")),
)


def name(kind: str, code: str) -> str:
    """What a code is called in the language of the page."""
    if kind == ASSESSMENT:
        return str(CALLED.get(code, code))
    themes, language = desk().themes, str(interface.locale())
    return themes.theme(code, language) if kind == THEME else themes.group(code, language)


def sorted_codes(kind: str) -> list[tuple[str, str]]:
    """All codes of a kind with their names: assessments in their order, others by name."""
    if kind == ASSESSMENT:
        return [(code, name(kind, code)) for code in ASSESSMENTS]
    codes = desk().themes.themes if kind == THEME else desk().themes.groups
    named = [(code, name(kind, code)) for code in codes]
    return sorted(named, key=lambda one: fold(one[1]))
