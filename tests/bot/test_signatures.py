"""Our check of Twilio's signature says what Twilio's own check says, whatever is signed, and by whom."""

from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.channels.signatures import is_signed

TOKEN = "token"
URLS = [
    "https://testimony.example/webhooks/twilio",
    "https://testimony.example:443/webhooks/twilio",
    "https://testimony.example:8443/webhooks/twilio?message=7",
    "http://testimony.example/webhooks/twilio?bodySHA256=00&a=%20b",
    "http://[::1]:80/webhooks/twilio",
]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FORMS = st.lists(st.tuples(WORDS, WORDS), max_size=6)


@given(st.sampled_from(URLS), st.sampled_from(URLS), FORMS, FORMS, st.booleans())
@example(URLS[0], URLS[1], [("Body", "yes")], [("Body", "yes")], True)
def test_the_same_is_found_of_what_was_signed_and_of_what_was_changed(
    signed_for: str,
    asked_at: str,
    signed: list[tuple[str, str]],
    came: list[tuple[str, str]],
    same: bool,
) -> None:
    validator = RequestValidator(TOKEN)
    form: MultiDict[str, str] = MultiDict(signed if same else came)
    signature = validator.compute_signature(signed_for, MultiDict(signed))
    theirs = validator.validate(asked_at, form, signature)
    assert is_signed(asked_at, form, signature, TOKEN) == theirs


@given(WORDS)
def test_what_is_no_signature_signs_nothing(signature: str) -> None:
    assert not is_signed(URLS[0], MultiDict({"Body": "yes"}), signature, TOKEN)


def test_another_token_signs_nothing() -> None:
    form = MultiDict({"Body": "yes"})
    signature = RequestValidator("another").compute_signature(URLS[0], form)
    assert not is_signed(URLS[0], form, signature, TOKEN)
