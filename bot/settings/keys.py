"""The keys of the vault and of sessions: from the environment, or made once beside an embedded database."""

import secrets
from pathlib import Path

from bot.private import write_once
from bot.settings.reader import Reader
from storage.vault import decode_key, new_key


def read_keys(reader: Reader, text: str) -> tuple[bytes, ...]:
    decoded = []
    for place, key in enumerate(part for part in text.split(",") if part.strip()):
        try:
            decoded.append(decode_key(key))
        except ValueError as error:
            reader.wrong("TESTIMONY_KEYS", f"has a wrong key at place {place + 1}: {error}")
    if text and not decoded and not reader.faults:
        reader.wrong("TESTIMONY_KEYS", "holds no key; make one with: testimony keys new")
    return tuple(decoded)


def made_keys(reader: Reader, instance: Path, *, embedded: bool) -> dict[str, str]:
    """Keys for what the environment leaves out: made once beside an embedded database, else demanded."""
    missing = [name for name in ("SECRET_KEY", "TESTIMONY_KEYS") if not reader.text(name)]
    if not missing:
        return {}
    if not embedded:
        for name in missing:
            make = "testimony keys new" if name == "TESTIMONY_KEYS" else "openssl rand -hex 32"
            reader.wrong(name, f"is not set; make one with: {make}")
        return {}
    path = instance / "keys.env"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = f"SECRET_KEY={secrets.token_urlsafe(32)}\nTESTIMONY_KEYS={new_key()}\n"
        write_once(path, made)
    try:
        lines = path.read_text(encoding="utf-8").split()
    except UnicodeDecodeError:  # so much as to say which letters are wrong would tell of a key
        for name in missing:
            reader.wrong(name, f"is not set, and {path} is damaged; put back a copy of it")
        return {}
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    for name in missing:
        if not kept.get(name):
            reader.wrong(name, f"is neither set nor in {path}; put it back there")
    return kept
