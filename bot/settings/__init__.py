"""The settings: read once from the environment, checked whole, and frozen. Nothing else reads the environment.

With none set, the program runs on SQLite and makes its keys once, in ``instance/keys.env`` (mode 0600).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import parse_qsl, urlsplit

from bot import SHARED
from bot.settings.backups import BackupSettings
from bot.settings.backups import read as read_backups
from bot.settings.broker import CELERY, read_broker
from bot.settings.calling import try_calling
from bot.settings.keys import made_keys, read_keys
from bot.settings.limits import LimitSettings
from bot.settings.limits import read as read_limits
from bot.settings.providers import TelegramSettings, TwilioSettings, read_telegram, read_twilio
from bot.settings.reader import Reader
from storage.engines import database_url
from storage.files import Place, check_place

INSTANCE = Path("instance")
SURVEYS = Path(__file__).parents[2] / "flows" / "surveys"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("text", "json")  # of the log
SHORTEST_TOKEN = 16
WORKERS = ("threads", "worker", CELERY)
MOST_PROXIES = 9


class SettingsError(Exception):
    """What is missing or wrong, a line each, with the setting's name first."""


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
    limits: LimitSettings = field(default_factory=LimitSettings)
    broker: str = field(default="", repr=False)  # of Celery, where it runs the outbox


def load_settings(environ: Mapping[str, str], instance: Path = INSTANCE) -> Settings:
    """The settings of ``environ``; raises SettingsError with a line for each fault."""
    reader = Reader(environ)
    database = reader.text("DATABASE_URL", f"sqlite:///{(instance / 'testimony.db').absolute()}")
    reader.checked("DATABASE_URL", database, database_url)
    made = made_keys(reader, instance, embedded=database.startswith("sqlite"))
    keys = reader.text("TESTIMONY_KEYS", made.get("TESTIMONY_KEYS", ""))
    decoded = read_keys(reader, keys)
    port = reader.number("PORT", 8000, 1, 65535)
    work = reader.one_of("WORK", WORKERS, "threads")
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
        metrics_dir=Path(folder) if (folder := reader.text(SHARED)) else None,
        work=work,
        broker=read_broker(reader, work),
        media=_media(reader, instance),
        twilio=read_twilio(reader),
        telegram=read_telegram(reader),
        backups=read_backups(reader),
        limits=read_limits(reader),
    )
    _look_at_folders(reader, settings)
    if settings.twilio or settings.telegram:
        try_calling(reader)
    if reader.faults:
        raise SettingsError("\n".join(reader.faults))
    return settings


def _look_at_folders(reader: Reader, settings: Settings) -> None:
    named = {"FLOWS_DIR": settings.flows_dir, SHARED: settings.metrics_dir}
    missing = {name: place for name, place in named.items() if place and not place.is_dir()}
    for name, place in missing.items():
        reader.wrong(name, f"is “{place}”, but there is no such folder")
    shared = settings.metrics_dir
    if shared and shared not in missing.values():
        try:  # else every thread that answers would end at the first thing it measures
            TemporaryFile(dir=shared).close()
        except OSError as error:
            why = f"is “{shared}”, but nothing can be written there: {error.strerror}"
            reader.wrong(SHARED, why)


def _metrics_token(reader: Reader) -> str:
    token = reader.text("METRICS_TOKEN")
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        why = f"must be {SHORTEST_TOKEN} letters and digits or more; make one with: openssl rand -hex 32"
        reader.wrong("METRICS_TOKEN", why)
    return token


def _media(reader: Reader, instance: Path) -> Place:
    """Where files are kept: a folder, or a bucket with the settings that S3's own tools have."""
    url = reader.text("MEDIA_URL", (instance / "media").absolute().as_uri())
    good = reader.checked("MEDIA_URL", url, check_place)
    if not good or not url.startswith("s3:"):
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
