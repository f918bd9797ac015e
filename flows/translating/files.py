"""A translator's file, of whichever format its name says: written and read."""

from collections.abc import Sequence

from flows.language.entries import Entry
from flows.translating.po import read_po, write_po
from flows.translating.sheet import MAX_BYTES, Header, Moment, Sheet, Unreadable, ending
from flows.translating.tables import read_csv, write_csv
from flows.translating.workbook import read_xlsx, write_xlsx


def write_file(name: str, entries: Sequence[Entry], header: Header, moment: Moment) -> bytes:
    """The entries as the file ``name``; raises Unreadable when its ending is none of ours."""
    match ending(name):
        case "po":
            return write_po(entries, header, moment)
        case "xlsx":
            return write_xlsx(entries, header, moment)
        case _:
            return write_csv(entries, header)


def read_file(name: str, raw: bytes) -> Sheet:
    """What a translator sent back as the file ``name``; raises Unreadable with the reason in plain words."""
    form = ending(name)
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    if not raw.strip():
        raise Unreadable("The file is empty.")
    if form != "xlsx" and raw.startswith(b"PK\x03\x04"):
        raise Unreadable("This is a workbook: let its name end in .xlsx.")
    return {"po": read_po, "xlsx": read_xlsx, "csv": read_csv}[form](raw)
