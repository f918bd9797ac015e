"""The settings of those who carry messages: Twilio and Telegram. Without them the channel is closed."""

import re
from dataclasses import dataclass, field

from bot.settings.reader import Reader

CLEARED = ("nothing", "media", "all")  # of what Twilio keeps, once it is safe with us
TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TELEGRAM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")
FOREIGN = "holds a letter or a quotation mark that is none of it; copy it once more"


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


def read_twilio(reader: Reader) -> TwilioSettings | None:
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
        elif not value.isascii():
            reader.wrong(name, FOREIGN)
    if not service and not sender:
        reader.wrong("TWILIO_FROM", "is not set; give it or TWILIO_MESSAGING_SERVICE_SID")
    if not reader.text("PUBLIC_URL"):
        reader.wrong("PUBLIC_URL", "is not set; Twilio's signatures are checked against it")
    api_url = reader.url("TWILIO_API_URL", "https://api.twilio.com")
    delete = reader.one_of("TWILIO_DELETE", CLEARED, "nothing")
    return TwilioSettings(sid, token, service or None, sender or None, api_url, delete)


def read_telegram(reader: Reader) -> TelegramSettings | None:
    names = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BOT_NAME")
    token, secret, name = (reader.text(one) for one in names)
    if not token:
        for other in filter(reader.text, names):
            reader.wrong("TELEGRAM_BOT_TOKEN", f"is not set, though {other} is")
        return None
    if not token.isascii():
        reader.wrong("TELEGRAM_BOT_TOKEN", FOREIGN)
    if name and not TELEGRAM_NAME.fullmatch(name):
        reader.wrong("TELEGRAM_BOT_NAME", f"is “{name}”, but must be the bot's username without @")
    if secret and not TELEGRAM_SECRET.fullmatch(secret):
        reader.wrong("TELEGRAM_WEBHOOK_SECRET", "may hold only A-Z a-z 0-9 _ - (at most 256)")
    api_url = reader.url("TELEGRAM_API_URL", "https://api.telegram.org")
    return TelegramSettings(token, secret or None, api_url, name)
