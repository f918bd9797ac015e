"""Conditions that come out the same whatever people answer, and the questions that nobody is asked because of them.

What is told here is proven (``proving``), never guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.checks.reaching.cases import Case
from flows.checks.reaching.comparing import WHETHER
from flows.checks.reaching.proving import Study
from flows.language.compiling import compile_expression
from flows.language.expressions import Expression, ExpressionError, Known
from flows.language.findings import Findings
from flows.language.model import Flow, Path, Question


def check_reach(flow: Flow, findings: Findings) -> None:
    """Tell of conditions that are always true or never, and of constraints that refuse everything or nothing."""
    if len(flow.by_id) < len(flow.questions):
        return  # of two questions with one id, nobody knows which is meant
    study = Study(flow)
    never: set[str] = set()
    for one in _conditions(flow, findings, study):
        if never.isdisjoint(one.groups) and study.notes(one.own) is not None:
            judge = _constraint if one.path[-1] == "constraint" else _relevant
            if judge(one, study, findings):
                never.add(one.name)


@dataclass(frozen=True)
class _Condition:
    """A condition at its place: whose it is, and the conditions under which it is looked at."""

    path: Path
    name: str
    own: Expression
    around: tuple[Expression, ...]
    groups: tuple[str, ...]


def _conditions(flow: Flow, findings: Findings, study: Study) -> Iterator[_Condition]:
    """The conditions of a flow in their order; ``study`` learns of the questions meanwhile."""
    for question in flow.questions:
        yield from _of_groups(question, findings, study)
        study.learn(question)
        if question.id != question.path[-1]:  # a heading, or the words for another choice
            continue
        around = study.around(question.groups)
        own = (question.relevant,) if question.relevant else ()
        if question.relevant and question.id not in study.groups:
            path = (*question.path, "relevant")
            yield _Condition(path, question.id, question.relevant, around, question.groups)
        if question.constraint:
            path = (*question.path, "constraint")
            groups = (*question.groups, question.id)
            yield _Condition(path, question.id, question.constraint, (*around, *own), groups)


def _of_groups(question: Question, findings: Findings, study: Study) -> Iterator[_Condition]:
    """The conditions of the groups and repeats that begin with ``question``."""
    for depth, name in enumerate(question.groups, 1):
        if name in study.groups:
            continue
        path = (*question.path[: 2 * depth], "relevant")
        study.groups[name] = own = _compiled(findings.document.at(path), study.kinds)
        if name == question.repeat:
            study.begin(name, question)
        if own:
            outer = question.groups[: depth - 1]
            yield _Condition(path, name, own, study.around(outer), outer)


def _compiled(source: object, scope: Mapping[str, Known]) -> Expression | None:
    try:
        return compile_expression(source, scope) if isinstance(source, str) else None
    except ExpressionError:
        return None


def _relevant(one: _Condition, study: Study, findings: Findings) -> bool:
    """Tell of a condition that is always true or never; returns whether it is never."""
    around = study.followable(one.around)
    whether = any(note.aspect == WHETHER for note in study.notes(one.own) or ())

    def here(case: Case) -> bool:
        return all(outer.holds(case.facts) for outer in around)

    def counts(
        case: Case,
    ) -> bool:  # who refuses is no exception to "always", unless that is what is asked
        return (whether or not case.refused) and here(case)

    goals = (
        lambda case: one.own.holds(case.facts) and here(case),
        lambda case: not one.own.holds(case.facts) and counts(case),
        lambda case: one.own.holds(case.facts) and counts(case),
    )
    unmet = study.unmet((one.own, *around), goals)
    if 0 in unmet:
        alone = 0 in study.unmet((one.own,), [lambda case: one.own.holds(case.facts)])
        cure = "Correct the condition, or take the question away."
        why = "this condition is never true" if alone else "this is never true where it is asked"
        findings.add(one.path, f"{why}: nobody comes to “{one.name}”", cure)
    elif unmet == {1}:
        cure = "Take it away; to ask only those who answered a question, write answered(its_id)."
        where = " where it is asked" if around else ""
        findings.add(one.path, f"this condition is always true{where}", cure, warning=True)
    return 0 in unmet


def _constraint(one: _Condition, study: Study, findings: Findings) -> bool:
    """Tell of a constraint that no answer meets, or that refuses none; returns False."""
    around = study.followable(one.around)

    def given(case: Case) -> bool:
        answered = case.facts.values.get(one.name) is not None
        return answered and all(outer.holds(case.facts) for outer in around)

    goals = (
        lambda case: given(case) and not one.own.fails(case.facts),
        lambda case: given(case) and one.own.fails(case.facts),
    )
    unmet = study.unmet((one.own, *around), goals, one.name)
    if unmet == {0}:
        cure = "Correct it: people would be asked again, whatever they answer."
        findings.add(one.path, "no answer can meet this constraint", cure)
    elif unmet == {1}:
        findings.add(
            one.path,
            "this constraint refuses no answer",
            "Correct it, or take it away.",
            warning=True,
        )
    return False
