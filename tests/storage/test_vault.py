"""Sealed words: only the right key opens them, for the right purpose, and an error says nothing of them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault import Vault, VaultError, decode_key, new_key
from tests.storage.material import examples

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
WORDS, PURPOSE = "they came at night", "message.body"
LETTERS = base64.urlsafe_b64encode(bytes([251, 255] * 16)).decode()  # holds - and _


@given(st.text() | st.just("\0") | st.just(""))
@examples(100)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    vault = Vault([NEW])
    assert vault.open(vault.seal(text, PURPOSE), PURPOSE) == text


def test_the_same_words_never_look_the_same_twice() -> None:
    sealed = {Vault([NEW]).seal(WORDS, PURPOSE) for _ in range(20)}
    assert len(sealed) == 20
    assert not any(WORDS.encode() in one for one in sealed)


def refused(vault: Vault, sealed: bytes, purpose: str = PURPOSE) -> str:
    with pytest.raises(VaultError) as caught:
        vault.open(sealed, purpose)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_words_moved_to_another_column_do_not_open() -> None:
    vault = Vault([NEW])
    assert refused(vault, vault.seal(WORDS, PURPOSE), "answer.words") == (
        "this answer.words is damaged"
    )


def test_another_key_does_not_open_and_the_error_names_the_setting() -> None:
    told = refused(Vault([NEW]), Vault([OLD]).seal(WORDS, PURPOSE))
    assert told == "no key in TESTIMONY_KEYS opens this message.body"


def test_no_changed_byte_goes_unnoticed_and_no_error_carries_words() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(WORDS, PURPOSE)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        told = refused(vault, bytes(changed))
        assert not any(word in told for word in WORDS.split())


def test_no_part_of_a_sealed_value_opens() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(WORDS, PURPOSE)
    for length in range(len(sealed)):
        refused(vault, sealed[:length])


def test_every_key_opens_and_the_newest_seals() -> None:
    both = Vault([NEW, OLD])
    old = Vault([OLD]).seal(WORDS, PURPOSE)
    assert both.open(old, PURPOSE) == WORDS
    assert not both.is_current(old)
    assert both.is_current(both.seal(WORDS, PURPOSE))
    assert Vault([NEW]).open(both.seal(WORDS, PURPOSE), PURPOSE) == WORDS


def test_look_ups_differ_by_key_and_by_text_and_come_newest_first() -> None:
    both = Vault([NEW, OLD]).digests("+14045550123")
    assert both == Vault([NEW]).digests("+14045550123") + Vault([OLD]).digests("+14045550123")
    assert len({*both, *Vault([NEW]).digests("+14045550124")}) == 3
    assert all(len(digest) == 32 for digest in both)


def test_a_new_key_is_a_key_and_never_the_same() -> None:
    made = {decode_key(new_key()) for _ in range(20)}
    assert len(made) == 20


@pytest.mark.parametrize(
    "text",
    [
        LETTERS,
        LETTERS.rstrip("="),
        f"  {LETTERS}\n",
        LETTERS.replace("-", "+").replace("_", "/"),
    ],
    ids=["padded", "unpadded", "with spaces around", "in the other alphabet"],
)
def test_a_key_is_the_base64url_of_32_bytes(text: str) -> None:
    assert decode_key(text) == bytes([251, 255] * 16)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "a-secret",
        "0" * 64,
        base64.urlsafe_b64encode(bytes(31)).decode(),
        base64.urlsafe_b64encode(bytes(33)).decode(),
        LETTERS[:20] + " " + LETTERS[20:],
        LETTERS[:20] + "\n" + LETTERS[20:],
        LETTERS[:-2] + "é=",
        LETTERS + LETTERS,
    ],
)
def test_anything_else_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a key is the base64url of 32 bytes$"):
        decode_key(text)
