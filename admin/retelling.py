"""What other packages say in English, said again in the language of a page.

They speak for the command line and the log, and know of no page. Each of their sentences that a page shows stands here
as a pattern, with what it names held open; one that does not is shown as it came. A test reads their source for more.
"""

import re
from functools import cache

from flask_babel import gettext


def N_(text: str) -> str:  # noqa: N802 - the name by which extraction knows it
    """A text for the catalogues that is translated where it is shown."""
    return text


REFUSED = (  # storage.staff, storage.staff_links, storage.people
    N_("%(email)s is a staff member already"),
    N_("there is no staff member %(email)s"),
    N_("“%(email)s” is not an e-mail address"),
    N_("a password needs at least %(least)s characters"),
    N_("%(email)s is the last owner; make somebody else an owner first"),
    N_("%(email)s is disabled; enable them first"),
    N_("choose a role"),
)
UNFIT = (  # storage.exports
    N_("A sheet holds %(most)s columns, and %(sheet)s has more. Choose CSV."),
    N_("A sheet holds %(most)s rows, and %(sheet)s has more. Choose CSV."),
    N_("A SAV file holds one table, and this flow has repeats. Choose spss."),
    N_("This flow asks for no place: it has no question of type geopoint."),
    N_("There is no store of files here."),
    N_(
        "SPSS's own format needs a library that is not installed: pip install 'testimony[sav]'. "
        "Or choose spss: syntax and data that SPSS reads."
    ),
)
STAYING = (  # flows.talking.moving
    N_("the new version does not speak %(language)s"),
    N_("the consent was given to another text"),
    N_("another consent text was shown"),
    N_("a story is being told at %(question)s, and would end"),
    N_("%(question)s is answered, and is not the same question any more"),
    N_("the choice taken at %(question)s is gone"),
)
CLASHING = (  # flows.checks.catalog
    N_("the keyword “%(word)s” also starts %(flow)s"),
    N_("the keyword “%(word)s” is an answer in %(flow)s"),
    N_("the answer “%(word)s” is a keyword that starts %(flow)s"),
    N_("the quiet word “%(word)s” is a keyword that starts %(flow)s"),
    N_("the keyword “%(word)s” is the quiet word of %(flow)s"),
)
SAYINGS = (*REFUSED, *UNFIT, *STAYING, *CLASHING)
PLACE = re.compile(r"%\\\((\w+)\\\)s")  # of what a sentence names, once the sentence is escaped


def retold(told: object) -> str:
    """A sentence of another package as the page says it."""
    said = str(told)
    for saying in SAYINGS:
        if found := pattern(saying).fullmatch(said):
            return gettext(saying, **found.groupdict())
    return said


def sentence(told: object) -> str:
    """The same as a sentence by itself: a full stop, and a capital letter unless a name comes first."""
    said = retold(told)
    first = said[:1].upper() if said.partition(" ")[0].isalpha() else said[:1]
    return f"{first}{said[1:]}{'' if said.endswith(('.', '?')) else '.'}"


@cache
def pattern(saying: str) -> re.Pattern[str]:
    """What recognises a sentence, whatever it names."""
    return re.compile(PLACE.sub(r"(?P<\1>.+)", re.escape(saying)), re.DOTALL)
