"""Whether the themes that a flow names are known: asked by whoever knows which file of themes holds."""

from collections.abc import Iterator

from flows.framework.model import Framework
from flows.guessing import did_you_mean
from flows.language.findings import Findings
from flows.language.model import Flow, Path
from flows.language.parts import choices_path


def check_themes(flow: Flow, framework: Framework, findings: Findings) -> None:
    """Add a mistake for every ``theme:`` that the framework does not have."""
    some = ", ".join(list(framework.themes)[:6])
    otherwise = f"Choose one of the file of themes, such as {some}; or add it there."
    for path, theme in _named(flow):
        if theme not in framework.themes:
            cure = did_you_mean(theme, framework.themes, otherwise)
            findings.add(path, f"there is no theme “{theme}”", cure)


def _named(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Every theme that the flow names, with its place."""
    for question in flow.questions:
        if question.theme:
            yield (*question.path, "theme"), question.theme
        for choice in question.choices:
            if choice.theme:
                yield (*choices_path(question), choice.code, "theme"), choice.theme
