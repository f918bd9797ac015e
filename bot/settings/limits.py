"""The settings of how fast, and for how much a day, messages go out."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.settings.reader import Reader

NONE = "none"
# segments a second that Twilio hands on from one sender; for 10DLC what one carrier takes in the lowest class
SENDERS = {"10dlc": 1.25, "long-code": 1.0, "toll-free": 3.0, "short-code": 100.0}
SLOWEST, FASTEST = 0.01, 10_000.0
DEAREST = Decimal(1_000_000)


@dataclass(frozen=True)
class LimitSettings:
    """Messages a second, None for no limit; ``segments``: what a day may send as text messages, None for no end."""

    twilio: float | None = None
    account: float | None = None
    telegram: float | None = 30.0
    segments: int | None = None


def read(reader: Reader) -> LimitSettings:
    """The limits; faults are told to the reader."""
    return LimitSettings(
        twilio=_rate(reader, "TWILIO_RATE", reader.text("TWILIO_RATE", NONE), SENDERS),
        account=_rate(reader, "TWILIO_ACCOUNT_RATE", reader.text("TWILIO_ACCOUNT_RATE", NONE)),
        telegram=_rate(reader, "TELEGRAM_RATE", reader.text("TELEGRAM_RATE", "30")),
        segments=_segments(reader),
    )


def _rate(
    reader: Reader, name: str, value: str, known: dict[str, float] | None = None
) -> float | None:
    if value == NONE:
        return None
    if known and value in known:
        return known[value]
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not SLOWEST <= rate <= FASTEST:
        names = ", ".join([NONE, *(known or ())])
        why = f"is “{value}”, but must be messages a second from {SLOWEST} to {FASTEST:.0f}, or: {names}"
        reader.wrong(name, why)
        return None
    return rate


def _segments(reader: Reader) -> int | None:
    """What a day may cost, in segments."""
    most, price = _money(reader, "SPEND_DAY"), _money(reader, "SMS_PRICE")
    if most is None:
        return None
    if price is None:
        if not reader.text("SMS_PRICE"):
            reader.wrong("SMS_PRICE", "is not set, though SPEND_DAY is: what one segment costs")
        return None
    if most < price:  # nobody would ever be answered
        why = f"is “{most}”, which does not buy one segment at SMS_PRICE"
        reader.wrong("SPEND_DAY", why)
        return None
    return int(most / price)


def _money(reader: Reader, name: str) -> Decimal | None:
    text = reader.text(name)
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or not 0 < found <= DEAREST:
        reader.wrong(name, f"is “{text}”, but must be money with a point, such as 25 or 0.0083")
        return None
    return found
