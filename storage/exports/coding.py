"""The codes of testimonies in an export: three columns, on request, and their lines in the codebook. No words."""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy.orm import Session

from flows import Flow
from flows.framework.model import ASSESSMENTS, Framework
from flows.language.model import Text
from storage import codings
from storage.codings import ASSESSMENT, GROUP, THEME
from storage.exports.cells import Row

COLUMNS = {THEME: "themes", GROUP: "groups", ASSESSMENT: "assessment"}
Names = dict[str, str]  # by kind, what its column is called


def names_for(versions: Iterable[Flow]) -> Names:
    """What the columns are called: a question of that name keeps it, and the codes get another."""
    taken = {question.id for flow in versions for question in flow.questions}
    return {kind: f"coded/{name}" if name in taken else name for kind, name in COLUMNS.items()}


def cells(session: Session, interviews: Collection[int], names: Names) -> dict[int, Row]:
    """The cells of these interviews: all coders' codes and those that follow from answers, joined by blanks."""
    found = codings.union(session, interviews) if names else {}
    return {
        number: {
            name: " ".join(found.get(number, {}).get(kind, ())) or None
            for kind, name in names.items()
        }
        for number in interviews
    }


def codebook(framework: Framework, names: Names, languages: Iterable[str]) -> Iterator[Row]:
    """Every code that can stand in the columns, with its labels."""
    labels: dict[str, dict[str, Text]] = {
        THEME: {code: theme.label for code, theme in framework.themes.items()},
        GROUP: {code: group.label for code, group in framework.groups.items()},
        ASSESSMENT: {code: {} for code in ASSESSMENTS},
    }
    spoken = list(languages)
    for kind, name in names.items():
        for code, label in labels[kind].items():
            said: Row = {f"label ({one})": framework.say(label, one) or code for one in spoken}
            about: Row = {"question": name, "type": "codes", "choice": code, "repeat": None}
            yield about | {"scope": None, "theme": None, "sensitive": 0} | said
