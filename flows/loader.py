"""A flow's YAML to a Flow: the one way in.

Either a whole, checked Flow comes out, or FlowErrors with every mistake of the file at once, each with its place and
its cure. ``examine`` tells the warnings too.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from flows.checks.rules import check
from flows.errors import FlowError, FlowErrors
from flows.framework.model import Framework
from flows.framework.naming import check_themes
from flows.language.building import Builder, plain_text, text_of, words_of
from flows.language.caring import care_of, not_private_of
from flows.language.findings import Findings
from flows.language.forms import SOMETHING, Form, item_path, read_form
from flows.language.including import expand, includes, join, split
from flows.language.model import Consent, Flow
from flows.notation.reading import Document, decode, read
from flows.notation.reading import Path as DataPath


@dataclass(frozen=True)
class Examined:
    """What a check of one file gives: the flow, unless a mistake keeps it from being one, and all findings."""

    flow: Flow | None
    findings: tuple[FlowError, ...]
    document: Document | None = None

    @property
    def mistakes(self) -> tuple[FlowError, ...]:
        return tuple(one for one in self.findings if not one.warning)

    @property
    def warnings(self) -> tuple[FlowError, ...]:
        return tuple(one for one in self.findings if one.warning)


def load_file(path: Path) -> Flow:
    """Load the flow in a file; raises FlowErrors, or OSError when the file cannot be read."""
    return load(read_source(path), str(path), stem=path.stem)


def read_source(path: Path) -> str:
    """The text of a flow with the blocks that it includes; raises FlowErrors, or OSError when it cannot be read."""
    main = decode(path.read_bytes(), str(path))
    try:
        names = [name for _, name in includes(read(main, str(path)).data)]
    except FlowErrors:
        return main  # its mistakes are told when it is loaded
    blocks = {}
    for name in dict.fromkeys(names):
        beside = path.parent / name
        if _is_beside(name) and beside.is_file():
            blocks[name] = decode(beside.read_bytes(), str(beside))
    return join(main, blocks)


def _is_beside(name: str) -> bool:
    """Whether a block's name stays within the folder of its flow."""
    pure = PurePosixPath(name)
    return (
        not pure.is_absolute() and ".." not in pure.parts and "\\" not in name and "\0" not in name
    )


def load(
    source: str, file: str = "flow.yaml", *, stem: str | None = None, trusted: bool = False
) -> Flow:
    """Load a flow from its YAML text. ``file`` is the name that mistakes carry, ``stem`` the name it must have.

    ``trusted`` leaves out the checks of meaning: a version that was published once must stay loadable when a newer
    program checks more.
    """
    flow, findings, _ = _read(source, file, stem, trusted)
    if mistakes := [mistake for mistake in findings if not mistake.warning]:
        raise FlowErrors(mistakes)
    return flow


def examine(
    source: str,
    file: str = "flow.yaml",
    *,
    stem: str | None = None,
    framework: Framework | None = None,
) -> Examined:
    """Everything there is to say about a flow's text: its mistakes and its warnings, in the order of its lines.

    Themes that it names are held against ``framework``, where one is given.
    """
    try:
        flow, findings, document = _read(source, file, stem, trusted=False, framework=framework)
    except FlowErrors as errors:
        told = [one for one in errors.exceptions if isinstance(one, FlowError)]
        return Examined(None, tuple(told))
    ordered = tuple(sorted(findings, key=lambda one: (one.mark.file, one.mark)))
    broken = any(not one.warning for one in ordered)
    return Examined(None if broken else flow, ordered, document)


def _read(
    source: str,
    file: str,
    stem: str | None,
    trusted: bool,
    framework: Framework | None = None,
) -> tuple[Flow, list[FlowError], Document]:
    main, blocks = split(source)
    folder = file[: file.rfind("/") + 1]
    document, faults = expand(read(main, file), blocks, folder)
    form = read_form(document)
    findings = Findings(replace(document, data=form.data))
    flow = _flow(form, source, findings)
    if not trusted:
        check(flow, findings)
    if framework:
        check_themes(flow, framework, findings)
    if stem is not None and flow.name not in (stem, SOMETHING):
        cure = f"Write flow: {stem}, or rename the file to {flow.name}.yaml."
        findings.add(("flow",), f"the file is named {stem}, the flow {flow.name}", cure)
    found = [mistake for path, mistake in findings.placed if not _rests_on(path, form)]
    return flow, [*faults, *form.faults, *found], findings.document


def _rests_on(path: DataPath, form: Form) -> bool:
    """Whether a finding may come from a guess, not from the author."""
    item = item_path(path)
    around = {item[:end] for end in range(2, len(item) + 1, 2)}
    if ("languages",) in form.guessed or path[:1] in form.guessed or around & form.guessed:
        return True
    if path[-1] not in ("relevant", "constraint", "calculation"):
        return False
    guessed = {guess[-1] for guess in form.guessed}
    question = form.data
    for step in path:
        question = question[step]
    return not guessed.isdisjoint(re.findall(r"\w+", str(question)))


def _flow(form: Form, source: str, findings: Findings) -> Flow:
    shape, first = form.shape, form.shape.languages[0]
    return Flow(
        name=shape.flow,
        title=plain_text(shape.title, first),
        languages=tuple(shape.languages),
        keywords=words_of(shape.keywords, first),
        contact=plain_text(shape.contact, first),
        consent=Consent(
            text_of(shape.consent.label, first), text_of(shape.consent.declined, first)
        ),
        closing=text_of(shape.closing, first),
        questions=Builder(shape, findings).questions(),
        version=hashlib.sha256(source.encode()).hexdigest(),
        country=shape.country,
        timezone=shape.timezone,
        unlisted=shape.unlisted,
        expires=shape.expires,
        remind=tuple(shape.remind),
        reviewed=frozenset(code for code, one in shape.translations.items() if one.reviewed),
        care=care_of(shape),
        leave=words_of(shape.leave, first),
        not_private=not_private_of(shape),
    )
