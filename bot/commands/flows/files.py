"""Flow files: found, loaded, and held against each other."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.commands import WRONG_USE, fail, settings
from bot.settings import SURVEYS
from flows import Flow, FlowErrors, load, read_source
from flows.folding import fold
from flows.matching import words_for

Loaded = tuple[Path, Flow, str]  # with the source that was checked


def load_all(paths: Sequence[Path]) -> tuple[list[Loaded], list[str]]:
    """The flows of files and folders, and all their mistakes, those between two files too."""
    loaded: list[Loaded] = []
    mistakes: list[str] = []
    for path in files(paths):
        try:
            source = read_source(path)
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
