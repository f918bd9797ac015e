"""The settings: read once from the environment, checked whole, and frozen. Nothing else reads the environment.

With none set, the program runs on SQLite and makes its keys once, in ``instance/keys.env`` (mode 0600).
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.backup_settings import BackupSettings
from bot.backup_settings import read as read_backups
from bot.private import write_once
from storage.db import database_url
from storage.files import Place, check_place
from storage.vault import decode_key, new_key

INSTANCE = Path("instance")
SURVEYS = Path(__file__).parent.parent / "flows" / "surveys"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("text", "json")  # of the log
SHORTEST_TOKEN = 16
WORKERS = ("threads", "worker")
MOST_PROXIES = 9
CLEARED = ("nothing", "media", "all")  # of what Twilio keeps, once it is safe with us
TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TELEGRAM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")


class SettingsError(Exception):
    """What is missing or wrong, a line each, with the setting's name first."""


@dataclass(frozen=True)
class TwilioSettings:
    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str | None
    sender: str | None
    api_url: str
    delete: str = "nothing"


@dataclass(frozen=True)
class TelegramSettings:
    token: str = field(repr=False)
    secret: str | None = field(repr=False)
    api_url: str
    name: str = ""


@dataclass(frozen=True)
class Settings:
    """All of it. ``keys`` are 32 bytes each, newest first; ``public_url`` has no slash at its end."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    public_url: str
    port: int
    trusted_proxies: int
    flows_dir: Path
    log_level: str
    work: str
    media: Place
    twilio: TwilioSettings | None
    telegram: TelegramSettings | None
    log_format: str = "text"
    metrics_token: str = field(default="", repr=False)
    metrics_dir: Path | None = None  # what processes behind one port share
    backups: BackupSettings = field(default_factory=BackupSettings)


class _Reader:
    """Reads one value at a time and gathers what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def wrong(self, name: str, why: str) -> None:
        self.faults.append(f"{name} {why}")

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.wrong(name, f"is “{value}”, but must be one of: {', '.join(allowed)}")
        return value

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            self.wrong(name, f"is “{value}”, but must be an address such as https://example.org")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        plain = value.isascii() and value.isdigit() and len(value) <= len(str(highest))
        if not plain or not lowest <= int(value) <= highest:
            self.wrong(name, f"is “{value}”, but must be a number from {lowest} to {highest}")
            return default
        return int(value)

    def checked(self, name: str, value: str, check: Callable[[str], object]) -> None:
        try:
            check(value)
        except ValueError as error:
            self.wrong(name, f"cannot be used: {error}")


def load_settings(environ: Mapping[str, str], instance: Path = INSTANCE) -> Settings:
    """The settings of ``environ``; raises SettingsError with a line for each fault."""
    reader = _Reader(environ)
    database = reader.text("DATABASE_URL", f"sqlite:///{(instance / 'testimony.db').absolute()}")
    reader.checked("DATABASE_URL", database, database_url)
    made = _made_keys(reader, instance, embedded=database.startswith("sqlite"))
    keys = reader.text("TESTIMONY_KEYS", made.get("TESTIMONY_KEYS", ""))
    decoded = _keys(reader, keys)
    port = reader.number("PORT", 8000, 1, 65535)
    settings = Settings(
        database_url=database,
        secret_key=reader.text("SECRET_KEY", made.get("SECRET_KEY", "")),
        keys=decoded,
        public_url=reader.url("PUBLIC_URL", f"http://localhost:{port}"),
        port=port,
        trusted_proxies=reader.number("TRUSTED_PROXIES", 0, 0, MOST_PROXIES),
        flows_dir=Path(reader.text("FLOWS_DIR", str(SURVEYS))),
        log_level=reader.one_of("LOG_LEVEL", LEVELS, "INFO"),
        log_format=reader.one_of("LOG_FORMAT", FORMATS, "text"),
        metrics_token=_metrics_token(reader),
        metrics_dir=Path(folder) if (folder := reader.text("PROMETHEUS_MULTIPROC_DIR")) else None,
        work=reader.one_of("WORK", WORKERS, "threads"),
        media=_media(reader, instance),
        twilio=_twilio(reader),
        telegram=_telegram(reader),
        backups=read_backups(reader),
    )
    named = {"FLOWS_DIR": settings.flows_dir, "PROMETHEUS_MULTIPROC_DIR": settings.metrics_dir}
    for name, place in named.items():
        if place and not place.is_dir():
            reader.wrong(name, f"is “{place}”, but there is no such folder")
    if reader.faults:
        raise SettingsError("\n".join(reader.faults))
    return settings


def _metrics_token(reader: _Reader) -> str:
    token = reader.text("METRICS_TOKEN")
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        why = f"must be {SHORTEST_TOKEN} letters and digits or more; make one with: openssl rand -hex 32"
        reader.wrong("METRICS_TOKEN", why)
    return token


def _keys(reader: _Reader, text: str) -> tuple[bytes, ...]:
    decoded = []
    for place, key in enumerate(part for part in text.split(",") if part.strip()):
        try:
            decoded.append(decode_key(key))
        except ValueError as error:
            reader.wrong("TESTIMONY_KEYS", f"has a wrong key at place {place + 1}: {error}")
    if text and not decoded and not reader.faults:
        reader.wrong("TESTIMONY_KEYS", "holds no key; make one with: testimony keys new")
    return tuple(decoded)


def _made_keys(reader: _Reader, instance: Path, *, embedded: bool) -> dict[str, str]:
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
    lines = path.read_text(encoding="utf-8").split()
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    for name in missing:
        if not kept.get(name):
            reader.wrong(name, f"is neither set nor in {path}; put it back there")
    return kept


def _media(reader: _Reader, instance: Path) -> Place:
    """Where files are kept: a folder, or a bucket with the settings that S3's own tools have."""
    url = reader.text("MEDIA_URL", (instance / "media").absolute().as_uri())
    reader.checked("MEDIA_URL", url, check_place)
    if not url.startswith("s3:"):
        return Place(url)
    options = {
        "access_key_id": reader.text("AWS_ACCESS_KEY_ID"),
        "secret_access_key": reader.text("AWS_SECRET_ACCESS_KEY"),
        "session_token": reader.text("AWS_SESSION_TOKEN"),
        "region": reader.text("AWS_REGION"),
        "endpoint": reader.text("AWS_ENDPOINT_URL"),
    }
    options |= dict(parse_qsl(urlsplit(url).query))
    return Place(url, {name: value for name, value in options.items() if value})


def _twilio(reader: _Reader) -> TwilioSettings | None:
    names = (
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_MESSAGING_SERVICE_SID",
        "TWILIO_FROM",
    )
    sid, token, service, sender = (reader.text(name) for name in names)
    if not any((sid, token, service, sender)):
        return None
    for name, value in (("TWILIO_ACCOUNT_SID", sid), ("TWILIO_AUTH_TOKEN", token)):
        if not value:
            reader.wrong(name, "is not set, though other Twilio settings are")
    if not service and not sender:
        reader.wrong("TWILIO_FROM", "is not set; give it or TWILIO_MESSAGING_SERVICE_SID")
    if not reader.text("PUBLIC_URL"):
        reader.wrong("PUBLIC_URL", "is not set; Twilio's signatures are checked against it")
    api_url = reader.url("TWILIO_API_URL", "https://api.twilio.com")
    delete = reader.one_of("TWILIO_DELETE", CLEARED, "nothing")
    return TwilioSettings(sid, token, service or None, sender or None, api_url, delete)


def _telegram(reader: _Reader) -> TelegramSettings | None:
    names = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BOT_NAME")
    token, secret, name = (reader.text(one) for one in names)
    if not token:
        for other in filter(reader.text, names):
            reader.wrong("TELEGRAM_BOT_TOKEN", f"is not set, though {other} is")
        return None
    if name and not TELEGRAM_NAME.fullmatch(name):
        reader.wrong("TELEGRAM_BOT_NAME", f"is “{name}”, but must be the bot's username without @")
    if secret and not TELEGRAM_SECRET.fullmatch(secret):
        reader.wrong("TELEGRAM_WEBHOOK_SECRET", "may hold only A-Z a-z 0-9 _ - (at most 256)")
    api_url = reader.url("TELEGRAM_API_URL", "https://api.telegram.org")
    return TelegramSettings(token, secret or None, api_url, name)
