"""Flows from files to the database: checked first, all or none published."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from bot.commands import WRONG_USE, fail, opened, settings
from bot.services import utc_now
from bot.settings import SURVEYS
from flows import Flow, FlowErrors, load
from flows.engine import begin
from flows.folding import fold
from flows.matching import words_for
from flows.reading import decode
from flows.sms import segments
from storage import audit, library
from storage.db import Database

Loaded = tuple[Path, Flow, str]  # with the source that was checked


@click.group()
def flows() -> None:
    """Check, publish and list flows."""


@flows.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Tell every mistake in flow files (all of FLOWS_DIR when none is named)."""
    loaded, mistakes = load_all(paths or (settings().flows_dir,))
    if mistakes:
        count = len(mistakes)
        fail("\n".join([*mistakes, "", f"{count} mistake{'s' if count > 1 else ''}."]))
    for path, flow, _ in loaded:
        asked = sum(question.asks for question in flow.questions)
        click.echo(
            f"{path}: good ({asked} questions; SMS segments of the consent: {_consent_sizes(flow)})"
        )


def _consent_sizes(flow: Flow) -> str:
    """In how many SMS segments the first message goes, in each language."""
    today = utc_now().date()
    counts = [
        f"{segments(begin(flow, language, today).reply.text)[1]} in {language}"
        for language in flow.languages
    ]
    return ", ".join(counts)


@flows.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def publish(paths: tuple[Path, ...]) -> None:
    """Check flow files and make them current (all of FLOWS_DIR when none is named)."""
    found = settings()
    with opened(found) as database:
        for line in publish_all(database, paths or (found.flows_dir,)):
            click.echo(line)


def publish_all(database: Database, paths: Sequence[Path]) -> Iterator[str]:
    """Publish every flow of ``paths`` in one transaction, or none of them."""
    loaded, mistakes = load_all(paths)
    with database.writing() as session:
        named = {flow.name for _, flow, _ in loaded}
        others = library.Library().catalog(session)
        mistakes += between(
            [*loaded, *((None, other, "") for name, other in others.items() if name not in named)]
        )
        if mistakes:
            fail("\n".join([*dict.fromkeys(mistakes), "", "Nothing was published."]))
        for _, flow, source in loaded:
            if library.publish(session, flow, source, utc_now()):
                audit.record(
                    session, utc_now(), "publish", f"flow:{flow.name}", version=flow.version
                )
                yield f"Published {flow.name} ({flow.version[:12]})."
            else:
                yield f"{flow.name} is current already."


@flows.command("list")
def list_() -> None:
    """Name the published flows and their current versions."""
    with opened() as database, database.reading() as session:
        published = library.current_versions(session)
        for version in published:
            when = version.published_at.strftime("%Y-%m-%d %H:%M UTC")
            click.echo(f"{version.flow}\t{version.hash[:12]}\t{when}")
        if not published:
            click.echo(
                "No flow is published. Publish those that ship with: testimony flows publish"
            )


def load_all(paths: Sequence[Path]) -> tuple[list[Loaded], list[str]]:
    """The flows of files and folders, and all their mistakes, those between two files too."""
    loaded: list[Loaded] = []
    mistakes: list[str] = []
    for path in files(paths):
        try:
            source = decode(path.read_bytes(), str(path))
            loaded.append((path, load(source, str(path), stem=path.stem), source))
        except FlowErrors as errors:
            mistakes += map(str, errors.exceptions)
        except OSError as error:
            mistakes.append(f"{path}: cannot be read: {error.strerror}")
    return loaded, mistakes + list(between(loaded))


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
        else:
            fail(f"There is no file {path}.", WRONG_USE)
    return list({path.resolve(): path for path in found}.values())


def between(flows: Sequence[tuple[Path | None, Flow, str]]) -> Iterator[str]:
    """What two flows may not share: a name, or a keyword. Those without a path are published already."""
    names: dict[str, Path | None] = {}
    words: dict[str, Flow] = {}
    for path, flow, _ in sorted(flows, key=lambda one: one[0] is not None):
        if (other := names.setdefault(flow.name, path)) != path:
            yield f"{path}: {other} holds a flow {flow.name} too"
        for word in _keywords(flow):
            if (owner := words.setdefault(word, flow)) is not flow:
                yield f"{path}: the keyword “{word}” also starts {owner.name}"
    for path, flow, _ in flows:
        for _, neighbour, _ in flows:
            taken = _choice_words(neighbour) & _keywords(flow) if neighbour is not flow else set()
            for word in sorted(taken):
                yield f"{path or flow.name}: the keyword “{word}” is an answer in {neighbour.name}"


def _keywords(flow: Flow) -> set[str]:
    return {fold(word) for listed in flow.keywords.values() for word in listed}


def _choice_words(flow: Flow) -> set[str]:
    questions = ((question, language) for question in flow.questions for language in flow.languages)
    return {
        word for question, language in questions for word in words_for(flow, question, language)
    }


def named(name: str) -> Path:
    """The file of a flow named by its path or, if it ships or lies in FLOWS_DIR, by its name."""
    path = Path(name)
    if path.exists() and path.is_file():
        return path
    for folder in (settings().flows_dir, SURVEYS):
        if (folder / f"{name}.yaml").exists():
            return folder / f"{name}.yaml"
    return fail(
        f"There is no flow “{name}”: give a file, or the name of a file in FLOWS_DIR.", WRONG_USE
    )
