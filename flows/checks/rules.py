"""What the parts of a flow mean to each other: every rule that its form alone cannot tell.

A table of rules, each a small function that adds what it finds. None of them stops another.
"""

import keyword as python
import re
from collections.abc import Callable

from phonenumbers import SUPPORTED_REGIONS

from flows.checks.advice import check_choices, check_consent, check_personal, check_refusal
from flows.checks.caring import check_care, check_leave, check_not_private
from flows.checks.collisions import check_collisions
from flows.checks.fitting import check_fit
from flows.checks.reach import check_reach
from flows.checks.staleness import check_stale
from flows.checks.wording import check_codes, check_keywords, check_wording, check_written
from flows.guessing import did_you_mean
from flows.language.findings import Findings
from flows.language.model import COLUMNS, CONSENT, Flow, Path, Question
from flows.language.parts import check_parts, choices_path, items_of
from flows.language.texts import check_pipes, check_translations
from flows.language.zones import zone_names
from flows.talking.languages import language_name

FLOW_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
QUESTION_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
RESERVED = {CONSENT, *COLUMNS, "index"}


def check(flow: Flow, findings: Findings) -> None:
    """Add every mistake of meaning in ``flow`` to ``findings``, and what could be better as warnings."""
    _languages(flow, findings)
    if not _is_language(flow.source_language):  # nothing that is written in it can be judged
        return
    for rule in RULES:
        rule(flow, findings)


def _name(flow: Flow, findings: Findings) -> None:
    if not FLOW_NAME.fullmatch(flow.name):
        cure = "Use small letters, digits and hyphens, such as city-testimony."
        findings.add(("flow",), f"“{flow.name}” cannot be a flow's name", cure)


def _is_language(code: str) -> bool:
    return language_name(code) != code and LANGUAGE.fullmatch(code) is not None


def _languages(flow: Flow, findings: Findings) -> None:
    for place, language in enumerate(flow.languages):
        path = ("languages", place)
        if not _is_language(language):
            cure = "Use codes such as en, es, vi, ht."
            findings.add(path, f"“{language}” is not the code of a language", cure)
        if language in flow.languages[:place]:
            findings.add(path, f"“{language}” stands here twice", "Remove one.")


def _ids(flow: Flow, findings: Findings) -> None:
    seen: dict[str, Path] = {}
    for path, name in ((path, str(path[-1])) for path, _ in items_of(findings.document)):
        if seen.setdefault(name, path) != path:
            first = findings.document.key(seen[name])
            message = f"“{name}” is the id of another question (line {first.line})"
            findings.add(path, message, "Give one of them another id.", key=True)
        elif not QUESTION_ID.fullmatch(name):
            cure = "Use small letters, digits and _, and begin with a letter."
            findings.add(path, f"“{name}” cannot be a question's id", cure, key=True)
        elif name in RESERVED or python.iskeyword(name):
            findings.add(path, f"“{name}” has a meaning of its own", "Choose another id.", key=True)
    for question in flow.questions:
        if (
            question.id.endswith("_other")
            and question.id in seen
            and question.path != seen[question.id]
        ):
            message = f"“{question.id}” is where the words of “other” are kept"
            findings.add(seen[question.id], message, "Choose another id.", key=True)
        _codes(question, findings)


def _codes(question: Question, findings: Findings) -> None:
    for choice in question.choices:
        if not CODE.fullmatch(choice.code):
            cure = "Use letters, digits, _ and -; the label may say anything."
            path = choices_path(question)
            findings.add((*path, choice.code), f"“{choice.code}” cannot be a code", cure, key=True)


def _country(flow: Flow, findings: Findings) -> None:
    if flow.country not in SUPPORTED_REGIONS:
        cure = "Use the two capital letters of the country whose phone numbers people type: US."
        findings.add(("country",), f"“{flow.country}” is not the code of a country", cure)


def _timezone(flow: Flow, findings: Findings) -> None:
    if flow.timezone and flow.timezone not in (zones := zone_names()):
        towns = {zone.rpartition("/")[2].lower(): zone for zone in zones}
        written = flow.timezone.replace(" ", "_")
        meant = towns.get(written.lower(), written)
        example = "Use the name of a region and its largest city, such as America/New_York."
        cure = did_you_mean(meant, zones if "/" in meant else (), example)
        findings.add(("timezone",), f"“{flow.timezone}” is not the name of a time zone", cure)


RULES: tuple[Callable[[Flow, Findings], None], ...] = (
    _name,
    _country,
    _timezone,
    check_codes,
    check_translations,
    _ids,
    check_parts,
    check_pipes,
    check_collisions,
    check_fit,
    check_stale,
    check_reach,
    check_wording,
    check_keywords,
    check_written,
    check_consent,
    check_refusal,
    check_personal,
    check_choices,
    check_care,
    check_leave,
    check_not_private,
)
