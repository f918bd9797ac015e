"""The parts of a workbook that say what is in it, as XML, and texts as XML has them. No answer is read here."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
BEGIN = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# the styles below, by place
HEAD_STYLE, TEXT_STYLE, NUMBER_STYLE, MOMENT_STYLE, DAY_STYLE = 1, 2, 3, 4, 5

# what XML has no letters for, and halves of characters: Excel writes them as _x0007_, and so a text that looks like it
_UNTOLD = "\0-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff"
_SPECIAL = re.compile(f"[&<>{_UNTOLD}]|_(?=x[0-9a-fA-F]{{4}}[_{_UNTOLD}])")
_SUSPECT = re.compile(f"[&<>_{_UNTOLD}]")  # quicker to look for, and seldom there
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True)
class Part:
    """One sheet: its name, and the cells that its filter is over, "" for none."""

    name: str
    filtered: str


def escaped(text: str) -> str:
    """A text as it stands in a sheet."""
    return _SPECIAL.sub(_named, text) if _SUSPECT.search(text) else text


def _named(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def inline(text: str) -> str:
    """The element of a text; blanks at its ends are kept."""
    said = escaped(text)
    return f'<t xml:space="preserve">{said}</t>' if said != said.strip() else f"<t>{said}</t>"


def attribute(text: str) -> str:
    return escaped(text).replace('"', "&quot;")


def parts(sheets: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Every file of the book but the sheets, by name."""
    numbers = range(1, len(sheets) + 1)
    yield "xl/workbook.xml", _workbook(sheets)
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations(
            [
                *((f"{OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
                (f"{OFFICE}/styles", "styles.xml"),
            ]
        ),
    )
    yield "xl/styles.xml", STYLES
    yield "docProps/core.xml", CORE
    core = f"{PACKAGE}/relationships/metadata/core-properties"
    whole = [(f"{OFFICE}/officeDocument", "xl/workbook.xml"), (core, "docProps/core.xml")]
    yield "_rels/.rels", _relations(whole)
    yield "[Content_Types].xml", _types(f"xl/worksheets/sheet{number}.xml" for number in numbers)


def _workbook(sheets: Sequence[Part]) -> str:
    listed = (
        f'<sheet name="{attribute(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    filters = (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"{escaped(_quoted(sheet.name))}!{sheet.filtered}</definedName>"
        for place, sheet in enumerate(sheets)
        if sheet.filtered
    )
    return (
        f'{BEGIN}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{''.join(listed)}</sheets><definedNames>{''.join(filters)}</definedNames></workbook>"
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    listed = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'{BEGIN}<Relationships xmlns="{PACKAGE}/relationships">{"".join(listed)}</Relationships>'
    )


def _types(sheets: Iterable[str]) -> str:
    known = {
        "xl/workbook.xml": f"{SPREADSHEET}.sheet.main+xml",
        **dict.fromkeys(sheets, f"{SPREADSHEET}.worksheet+xml"),
        "xl/styles.xml": f"{SPREADSHEET}.styles+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    listed = (
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in known.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{BEGIN}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{"".join(listed)}</Types>'
    )


def _style(form: int = 0, font: int = 0, fill: int = 0, border: int = 0) -> str:
    return (
        f'<xf numFmtId="{form}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        '<alignment vertical="top"/></xf>'
    )


_FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
_SIDES = "<left/><right/><top/>"
STYLES = (
    f'{BEGIN}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd"/></numFmts>'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFDDE5EE"/><bgColor indexed="64"/></patternFill></fill></fills>'
    f'<borders count="2"><border>{_SIDES}<bottom/><diagonal/></border><border>{_SIDES}'
    '<bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    f"{_style(font=1, fill=2, border=1)}{_style(49)}{_style()}{_style(164)}{_style(165)}</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_NEVER = '<dcterms:{0} xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:{0}>'
CORE = (  # when it was made is not said: the same answers give the same bytes
    f'{BEGIN}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    f"{_NEVER.format('created')}{_NEVER.format('modified')}</cp:coreProperties>"
)
