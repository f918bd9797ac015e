"""``testimony flows import`` and ``export``: a flow from the spreadsheet of another tool, and into one."""

import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from bot.commands import WRONG_USE, fail
from bot.commands.flows.files import named
from bot.commands.placing import placed
from flows import FlowError, FlowErrors, examine, language_name, read_source
from flows.checks.rules import FLOW_NAME, LANGUAGE
from flows.xlsform import FormError, Told
from flows.xlsform.book import MAX_BYTES
from flows.xlsform.exporting import export_flow
from flows.xlsform.importing import import_form
from flows.xlsform.told import CHANGED, LEFT, UNSEEN, WRITE

FILE = click.Path(path_type=Path, dir_okay=False)
HEADS = {
    WRITE: "Write your own (marked in the file by “# write your own”):",
    LEFT: "Left out:",
    CHANGED: "Changed:",
    UNSEEN: "Other tools will not see (it comes back when the form is imported here):",
}


@click.command("import")
@click.argument("form", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The flow's file: NAME.yaml.")
@click.option("--language", default="", help="The language of columns that name none: en.")
@click.option(
    "--anyway", is_flag=True, help="Write the flow also when it has mistakes, to mend it."
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
def import_(form: Path, output: Path, language: str, anyway: bool, force: bool) -> None:
    """Make a flow of FORM, an XLSForm (.xlsx) of Kobo or ODK, and list what it could not take over."""
    name = _flow_name(output)
    _free(output, force)
    if language and (not LANGUAGE.fullmatch(language) or language_name(language) == language):
        fail(
            f"“{language}” is not the code of a language. Use codes such as en, es, vi.", WRONG_USE
        )
    try:
        imported = import_form(_bytes(form), name, language)
    except FormError as error:
        fail(f"{form}: {error}")
    found = examine(imported.source, str(output), stem=name)
    if found.mistakes and not anyway:
        _refuse(form, imported.told, found.mistakes)
    _write(output, imported.source.encode(), force)
    flow = found.flow
    asked = sum(one.asks for one in flow.questions) if flow else 0
    good = f": {asked} question{'' if asked == 1 else 's'}" if flow else ""
    click.echo(f"{output} is written{good}.")
    _tell(imported.told)
    if found.mistakes:
        fail(
            "\n".join(
                ["", "It has mistakes and cannot be published yet:", *map(str, found.mistakes)]
            )
        )
    click.echo(f"\nThen check it: testimony flows check {output}")


def _flow_name(output: Path) -> str:
    """The name that a flow in this file must have."""
    if output.suffix not in (".yaml", ".yml"):
        fail(f"{output}: a flow's file ends in .yaml.", WRONG_USE)
    if not FLOW_NAME.fullmatch(output.stem):
        cure = "A flow is named by small letters, digits and hyphens, such as city-testimony.yaml."
        fail(f"{output} cannot hold a flow. {cure}", WRONG_USE)
    return output.stem


def _refuse(form: Path, told: Iterable[Told], mistakes: Iterable[FlowError]) -> None:
    """The form makes no good flow: why, and nothing written."""
    _tell(told)
    lines = ["", f"{form} makes no flow that can be published:", *map(str, mistakes), ""]
    lines += ["Nothing was written. Mend the form, or write the flow with --anyway and mend that."]
    fail("\n".join(lines))


@click.command()
@click.argument("flow")
@click.option("-o", "--output", required=True, type=FILE, help="The form's file: NAME.xlsx.")
@click.option(
    "--format", "form", type=click.Choice(["xlsform"]), default="xlsform", show_default=True
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
def export(flow: str, output: Path, form: str, force: bool) -> None:
    """Make an XLSForm (.xlsx) for Kobo or ODK of FLOW, and list what they will not see of it."""
    if output.suffix != ".xlsx":
        fail(f"{output}: an XLSForm's file ends in .xlsx.", WRONG_USE)
    _free(output, force)
    path = named(flow)
    try:
        found = examine(read_source(path), str(path), stem=path.stem)
    except FlowErrors as errors:
        fail("\n".join(map(str, errors.exceptions)))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    if found.flow is None:
        fail(
            "\n".join([*map(str, found.mistakes), "", "Nothing was written. Mend the flow first."])
        )
    try:
        exported = export_flow(found)
    except FormError as error:
        fail(f"{path}: {error}")
    remarks, refused = _as_others_read_it(exported.data)
    if refused:
        fail(f"{path}: Kobo and ODK would refuse the form: {refused}\n\nNothing was written.")
    _write(output, exported.data, force)
    click.echo(f"{output} is written, and Kobo and ODK can read it.")
    for remark in remarks:
        click.echo(f"    They remark: {remark}")
    _tell(exported.told)


def _as_others_read_it(data: bytes) -> tuple[list[str], str]:
    """What pyxform, by which Kobo and ODK read forms, remarks on one, and why it refuses it; "" when it does not."""
    from pyxform.errors import PyXFormError  # type: ignore[import-untyped]  # half a second, which no other command should wait
    from pyxform.xls2xform import convert  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(convert(xlsform=data, validate=False, file_type=".xlsx").warnings), ""
    except PyXFormError as error:
        return [], str(error)


def _tell(told: Iterable[Told]) -> None:
    listed = list(told)
    for kind, head in HEADS.items():
        lines = [str(one) for one in listed if one.kind == kind]
        if lines:
            click.echo(
                "\n".join(
                    ["", head, *(f"  {line.replace(chr(10), chr(10) + '  ')}" for line in lines)]
                )
            )


def _bytes(path: Path) -> bytes:
    if not path.exists():
        fail(f"There is no file {path}.", WRONG_USE)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)  # one more is too large, and says so
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")


def _free(output: Path, force: bool) -> None:
    if output.exists() and not force:
        fail(
            f"{output} is there already. Name another file, or write over it with --force.",
            WRONG_USE,
        )
    placed(output)


def _write(path: Path, data: bytes, force: bool) -> None:
    """Write beside the file and put it in place when it is whole; never over another's work."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _free(path, force)  # someone may have written it meanwhile
        draft.replace(path)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    finally:
        with suppress(OSError):
            draft.unlink()
