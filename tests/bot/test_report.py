"""Findings as lines, as JSON and as annotations of GitHub: the same findings, and no way to smuggle anything in."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.flows.report import as_github, as_json, as_text
from flows import FlowError
from flows.errors import Mark

MISTAKE = FlowError("flows/a.yaml", Mark(3, 7), "“es” stands here twice", "Remove one.")
ADVICE = FlowError("flows/a.yaml", Mark(9, 1), "13 choices are hard to read", "", warning=True)
BLOCK = FlowError("flows/a.yaml", Mark(2, 4, "flows/blocks/b.yaml"), "there is no “x”")

texts = st.text(max_size=30) | st.sampled_from(
    ["::error::x", "\n::stop-commands::x", "a\rb", "%0A", "\x1b[2J"]
)
findings = st.builds(
    lambda file, line, message, cure, warning: FlowError(
        file, Mark(line, 1), message, cure, warning=warning
    ),
    texts,
    st.integers(1, 10**6),
    texts,
    texts,
    st.booleans(),
)


def test_a_finding_is_a_line_and_its_cure():
    assert as_text([MISTAKE, ADVICE, BLOCK]) == [
        "flows/a.yaml:3:7: “es” stands here twice",
        "    Remove one.",
        "flows/a.yaml:9:1: warning: 13 choices are hard to read",
        "flows/blocks/b.yaml:2:4: there is no “x”",
    ]
    assert as_text([]) == []


def test_findings_as_json():
    first, second, third = json.loads(as_json([MISTAKE, ADVICE, BLOCK]))
    assert first == {
        "file": "flows/a.yaml",
        "line": 3,
        "column": 7,
        "severity": "error",
        "message": "“es” stands here twice",
        "cure": "Remove one.",
    }
    assert (second["severity"], second["cure"]) == ("warning", "")
    assert third["file"] == "flows/blocks/b.yaml"
    assert json.loads(as_json([])) == []


def test_findings_as_annotations():
    assert as_github([MISTAKE, ADVICE]).split("\n") == [
        "::error file=flows/a.yaml,line=3,col=7,title=Mistake in a flow::“es” stands here twice%0ARemove one.",
        "::warning file=flows/a.yaml,line=9,col=1,title=Advice on a flow::13 choices are hard to read",
    ]
    assert as_github([]) == ""


def test_an_annotation_escapes_what_has_a_meaning():
    """In the message percent signs and line ends, in what stands before it colons and commas too."""
    odd = FlowError("a,b:c%.yaml", Mark(1, 1), "50%: a, b\r\nc")
    assert as_github([odd]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=Mistake in a flow::50%25: a, b%0D%0Ac"
    )


def told_back(command: str) -> tuple[str, str]:
    """The file and the message of an annotation, as GitHub reads them."""
    _, properties, data = command.split("::", 2)
    file = properties.partition("file=")[2].partition(",")[0]
    for sign, escaped in ((",", "%2C"), (":", "%3A")):
        file = file.replace(escaped, sign)
    return tuple(  # type: ignore[return-value]
        part.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") for part in (file, data)
    )


@settings(max_examples=300, deadline=None)
@given(findings)
def test_whatever_a_finding_quotes_it_stays_one_annotation(finding):
    command = as_github([finding])
    assert "\n" not in command
    assert "\r" not in command
    cured = f"\n{finding.cure}" if finding.cure and finding.message else finding.cure
    assert told_back(command) == (finding.file, finding.message + cured)


@settings(max_examples=300, deadline=None)
@given(st.lists(findings, max_size=4))
def test_whatever_a_finding_quotes_it_begins_no_other(listed):
    """Further lines of a message, and those of its cure, stand in."""
    lines = iter(as_text(listed))
    for finding in listed:
        assert f":{finding.mark.line}:{finding.mark.column}: " in next(lines)
        for text in (*finding.message.split("\n")[1:], *finding.cure.split("\n")):
            assert not text or next(lines).startswith("    ")
    assert next(lines, None) is None
    lines = as_text(listed)
    assert all(line.isprintable() for line in lines)
    assert [one["message"] for one in json.loads(as_json(listed))] == [
        one.message for one in listed
    ]
