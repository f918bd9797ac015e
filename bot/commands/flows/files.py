"""Flow files: found, checked with all that lies beside them, and held against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.commands import WRONG_USE, fail, settings
from bot.commands.flows.themes import Files
from bot.settings import SURVEYS
from flows import Flow, FlowError, FlowErrors, examine, read_source
from flows.checks.catalog import clashes
from flows.checks.rules import FLOW_NAME
from flows.errors import Mark
from flows.framework.model import Framework
from flows.framework.reading import NAME
from flows.language.model import Path as DataPath
from flows.notation.reading import Document
from flows.rehearsing.rehearsal import Rehearsal, check_transcripts


@dataclass(frozen=True)
class Checked:
    """One flow file and everything there is to say about it. ``flow`` is None where a mistake is in the way."""

    path: Path
    source: str = ""
    flow: Flow | None = None
    document: Document | None = None
    findings: tuple[FlowError, ...] = ()
    rehearsal: Rehearsal | None = None

    @property
    def mistakes(self) -> list[FlowError]:
        return [one for one in self.findings if not one.warning]

    def found(self, path: DataPath, message: str, cure: str = "") -> FlowError:
        """A mistake of this file, placed at a key of it."""
        mark = self.document.key(path) if self.document else Mark()
        return FlowError(str(self.path), mark, message, cure)


def check_all(paths: Sequence[Path], published: Sequence[Flow] = ()) -> list[Checked]:
    """Check the flows of files and folders: each with its transcripts, and beside each other and those published.

    The files of themes that hold for them are checked first.
    """
    themes, found = Files(), files(paths)
    flows = [path for path in found if path.name != NAME]
    checked = [check_file(path, themes.framework(path)) for path in flows]
    told = [Checked(path, findings=themes.mistakes(path)) for path in themes.needed(found)]
    named = {one.flow.name for one in checked if one.flow}
    others = [flow for flow in published if flow.name not in named]
    return [*told, *(_beside(one, checked, others) for one in checked)]


def check_file(path: Path, framework: Framework | None = None) -> Checked:
    """One file, and the transcripts beside it."""
    try:
        source = read_source(path)
    except FlowErrors as errors:
        told = [one for one in errors.exceptions if isinstance(one, FlowError)]
        return Checked(path, findings=tuple(told))
    except OSError as error:
        return Checked(
            path, findings=(FlowError(str(path), Mark(), f"cannot be read: {error.strerror}"),)
        )
    found = examine(source, str(path), stem=path.stem, framework=framework)
    if found.flow is None:
        return Checked(path, source, None, found.document, found.findings)
    rehearsal = check_transcripts(path, found.flow)
    findings = (*found.findings, *rehearsal.findings)
    return Checked(path, source, found.flow, found.document, findings, rehearsal)


def _beside(one: Checked, all_of_them: Sequence[Checked], published: Sequence[Flow]) -> Checked:
    """The file with what it may not share with the others: a name, or a word."""
    if one.flow is None:
        return one
    beside = [other for other in all_of_them if other is not one and other.flow]
    told = [
        one.found(("flow",), f"{other.path} holds a flow {one.flow.name} too")
        for other in beside
        if other.flow and other.flow.name == one.flow.name
    ]
    flows = [*(other.flow for other in beside if other.flow), *published]
    told += [one.found(("keywords",), message) for message in clashes(one.flow, flows)]
    return Checked(
        one.path, one.source, one.flow, one.document, (*one.findings, *told), one.rehearsal
    )


def files(paths: Sequence[Path]) -> list[Path]:
    """The YAML files that ``paths`` name; a folder stands for those in it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
            if not inside:
                fail(f"There is no .yaml file in {path}.", WRONG_USE)
            found += inside
        elif path.exists():
            found.append(path)
        elif (known := _in_folders(str(path))) is not None:
            found.append(known)
        else:
            fail(f"There is no file {path}.", WRONG_USE)
    return list({path.resolve(): path for path in found}.values())


def shown(findings: Sequence[FlowError]) -> Iterator[str]:
    """Findings as text, the warnings marked."""
    for one in findings:
        yield str(one)


def named(name: str) -> Path:
    """The file of a flow named by its path or, if it ships or lies in FLOWS_DIR, by its name."""
    path = Path(name)
    if path.exists() and path.is_file():
        return path
    return _in_folders(name) or fail(
        f"There is no flow “{name}”: give a file, or the name of a file in FLOWS_DIR.", WRONG_USE
    )


def _in_folders(name: str) -> Path | None:
    """The file of a flow by its name, where it lies in FLOWS_DIR or ships."""
    if not FLOW_NAME.fullmatch(name):
        return None
    for folder in (settings().flows_dir, SURVEYS):
        if (folder / f"{name}.yaml").exists():
            return folder / f"{name}.yaml"
    return None
