"""The catalogues of the admin view: gathered anew from the code, and carried into every language, by Babel's own tools.

``make translations`` runs this; a test asks whether it was run. What is extracted from where stands in pyproject.toml.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "admin" / "translations"
TEMPLATE = FOLDER / "messages.pot"
WIDTH = ["--width=110"]
KEYWORDS = ["lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2"]  # beside those Babel knows
HEADER = "# What the pages of staff say. Translators: see CONTRIBUTING.md, “a language of the admin view”."
# what would change with every run, and be a conflict in every merge
UNSTEADY = ('"POT-Creation-Date:', '"Generated-By:')


def gathered() -> str:
    """The template as the code makes it: every message once, in the order of the files, without lines and days."""
    words = [f"--keyword={keyword}" for keyword in KEYWORDS]
    with TemporaryDirectory() as folder:
        path = Path(folder) / TEMPLATE.name
        _babel(
            "extract",
            "--mapping=pyproject.toml",
            *words,
            *WIDTH,
            "--add-comments=Translators:",
            "--add-location=file",
            "--sort-by-file",
            f"--header-comment={HEADER}",
            "--project=testimony",
            f"--output={path}",
            ".",
        )
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(UNSTEADY))


def carry() -> None:
    """Put what is new into every language, to be translated, and take away what is said no more."""
    _babel(
        "update",
        f"--input-file={TEMPLATE}",
        f"--output-dir={FOLDER}",
        *WIDTH,
        "--no-fuzzy-matching",
        "--ignore-obsolete",
        "--ignore-pot-creation-date",
    )


def written() -> dict[str, Catalog]:
    """The catalogue of every language, by its code."""
    paths = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return {code: read(path, code) for path in paths for code in [path.parents[1].name]}


def read(path: Path, code: str | None = None) -> Catalog:
    """A catalogue, or the template."""
    with path.open("rb") as file:
        return read_po(file, code)


def missing(catalog: Catalog) -> list[str]:
    """What a catalogue does not say yet, by the English of it."""
    return [str(one.id) for one in catalog if one.id and not (one.string and all(one.string))]


def _babel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "--quiet", *arguments])


def main() -> int:
    TEMPLATE.write_text(gathered(), encoding="utf-8")
    carry()
    for code, catalog in written().items():
        left = missing(catalog)
        print(f"{code}: {len(catalog)} messages, {len(left)} to translate")
        for one in left:
            print(f"  {one}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
