"""The findings of flow files as they are told: in lines for people, as JSON for programs, as GitHub's annotations.

Pure: it takes findings, of one file or of several, and gives text. Where that goes is for the commands to say.
"""

import json
from collections.abc import Iterable, Mapping

from flows import FlowError

ERROR, WARNING = "error", "warning"
TITLES = {ERROR: "Mistake in a flow", WARNING: "Advice on a flow"}


def severity(finding: FlowError) -> str:
    """``error`` for what keeps a flow from being published, else ``warning``."""
    return WARNING if finding.warning else ERROR


def as_text(findings: Iterable[FlowError]) -> list[str]:
    """Lines: "file:line:column: message" for each finding, with its cure under it; warnings say that they are some."""
    return [line for finding in findings for line in _lines(finding)]


def _lines(finding: FlowError) -> list[str]:
    place = f"{_plain(finding.file)}:{finding.mark.line}:{finding.mark.column}"
    kind = f"{WARNING}: " if finding.warning else ""
    said, *further = finding.message.split("\n")
    below = [*further, *finding.cure.split("\n")]
    return [f"{place}: {kind}{_plain(said)}", *(f"    {_plain(line)}" for line in below if line)]


def _plain(text: str) -> str:
    """On one line, and without what a terminal or a build log would take for a command: findings quote the file."""
    return "".join(char if char.isprintable() else " " for char in text)


def as_json(findings: Iterable[FlowError]) -> str:
    """A list of objects with file, line, column, severity, message and cure."""
    told = [
        {
            "file": finding.file,
            "line": finding.mark.line,
            "column": finding.mark.column,
            "severity": severity(finding),
            "message": finding.message,
            "cure": finding.cure,
        }
        for finding in findings
    ]
    return json.dumps(told, indent=2)


def as_github(findings: Iterable[FlowError]) -> str:
    """A workflow command for each finding, which GitHub shows beside the line it is about."""
    return "\n".join(map(_annotation, findings))


def _annotation(finding: FlowError) -> str:
    kind = severity(finding)
    where: Mapping[str, object] = {
        "file": finding.file,
        "line": finding.mark.line,
        "col": finding.mark.column,
        "title": TITLES[kind],
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
    said = "\n".join(part for part in (finding.message, finding.cure) if part)
    return f"::{kind} {listed}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
