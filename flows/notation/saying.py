"""What is wrong with a text that is not YAML, in an organizer's words: the parser knows only where it stopped."""

import re
from typing import Any

CURLY = "“”„«»‘’"
_VALUE = re.compile(r"""^[ \-]*[\w.-]+:[ ]+(?P<value>[^'"\[{|>#&*!].*)$""")
_BRACED = re.compile(r": \{[\w ]*\} *[^,} #]")
_GLUED = re.compile(r"^[ \-]*[a-z_]+:[^\s/].*$")


def explain(error: Any, source: str) -> tuple[tuple[int, int], str, str]:
    """Where it is (line and column from 1), what is wrong, and the cure."""
    stopped, began = error.problem_mark, error.context_mark
    unclosed = "quoted scalar" in (error.context or "")
    place = began if unclosed or stopped is None else stopped
    lines = source.split("\n")
    at = place.line if place else 0
    for number in dict.fromkeys(
        (at, max(at - 1, 0))
    ):  # what is wrong shows one line later at the most
        line = lines[number] if number < len(lines) else ""
        if found := _seen(line, unclosed and number == at):
            beside = place.column if found[2] is None and place else found[2] or 0
            return (number + 1, beside + 1), found[0], found[1]
    column = place.column + 1 if place else 1
    if "'}'" in (error.problem or "") or "']'" in (error.problem or ""):
        message = "a bracket is open, or a text in brackets holds a comma, a colon or a brace"
        opened = (began.line + 1, began.column + 1) if began else (at + 1, column)
        return opened, message, "Close it, and put such texts in quotes."
    if "block" in (error.context or ""):
        blanks = len(lines[at]) - len(lines[at].lstrip())
        message = f"this line stands {blanks} blanks in, and no line beside it does"
        return (at + 1, column), message, "Put as many blanks before it as before its neighbours."
    cure = "Look for a missing quote, a colon inside a text, or a line that stands too far in."
    return (at + 1, column), "this cannot be read as YAML", cure


def _seen(line: str, unclosed: bool) -> tuple[str, str, int | None] | None:
    """What can be seen to be wrong in one line: what, the cure, and the column from 0."""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return "this line begins with a tab", "Put blanks in its place, two for each step.", 0
    if "\u00a0" in indent:
        return "this line begins with a blank that is none", "Type blanks in its place.", 0
    if unclosed:
        return "a quote is opened here and not closed", "Close it at the end of the text.", None
    value = line.partition(":")[2].strip()
    if value[:1] and value[0] in CURLY:
        cure = 'Use straight ones: "...".'
        return "these are curly quotes", cure, line.index(value[0])
    if braced := _BRACED.search(line):
        return "this text begins with a brace", "Put the text in quotes.", braced.start() + 2
    plain = _VALUE.match(line)
    if plain and (": " in plain["value"] or plain["value"].endswith(":")):
        return "this text holds a colon", "Put the text in quotes.", plain.start("value")
    if value[:1] in ("@", "`", "%"):
        return (
            f"a text cannot begin with {value[0]}",
            "Put the text in quotes.",
            line.index(value[0]),
        )
    if _GLUED.match(line):
        return "there is no blank behind the colon", "Write a blank after it.", line.index(":")
    return None
