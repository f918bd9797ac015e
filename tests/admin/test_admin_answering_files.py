"""The files of a testimony: a cleaned copy to look at, the original to download; nothing is shown as it came."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from gallery import ORIGINAL, Gallery, picture
from office import Visitor, build_app
from town import Town
from werkzeug.test import TestResponse

from storage import attachments

PHONE = "+14045550123"
COORDINATOR = 3


@pytest.fixture
def gallery(town: Town, tmp_path: Path) -> Gallery:
    return Gallery.at(tmp_path / "files", town)


@pytest.fixture
def app(town: Town, gallery: Gallery) -> Flask:
    return build_app(town, gallery.store)


@pytest.fixture
def number(town: Town) -> int:
    """A testimony whose last message brought a file."""
    town.publish()
    town.write(PHONE, "STREET", "yes")
    return town.write(PHONE, "", media=[{"content_type": "image/jpeg"}])


@pytest.fixture
def message(number: int, town: Town) -> int:
    return town.ids[-1]


def get(client: Any, number: int, path: str, **headers: str) -> TestResponse:
    answer: TestResponse = client.get(f"/admin/testimonies/{number}/files/{path}", headers=headers)
    answer.get_data()
    return answer


def figure(client: Any, number: int) -> str:
    page = client.get(f"/admin/testimonies/{number}").text
    return str(page.split('<figure class="file">')[1].split("</figure>")[0])


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", markup))).strip()


class TestShown:
    def test_a_photo_is_shown_by_its_cleaned_copy(self, client, gallery, number, message):
        file = gallery.hang(message, kind="photo", size=310_400)
        shown = figure(client, number)
        source = f"/admin/testimonies/{number}/files/{file}"
        assert f'<img src="{source}" alt="photo, 310 kB" loading="lazy">' in shown
        assert re.fullmatch(r"photo, 310 kB · [0-9a-f]{12} · original", words_of(shown))
        assert re.search(r'title="SHA-256 of the original: [0-9a-f]{64}"', shown)

    @pytest.mark.parametrize(
        ("kind", "cleaned_type", "player", "note"),
        [
            ("voice", "audio/ogg", "audio", "voice note, 1:02, 1.2 MB"),
            ("video", "video/mp4", "video", "video, 1:02, 1.2 MB"),
        ],
    )
    def test_what_sounds_or_moves_has_a_player_that_fetches_nothing_by_itself(
        self, client, gallery, number, message, kind, cleaned_type, player, note
    ):
        gallery.hang(message, b"x", cleaned_type, kind=kind, seconds=62, size=1_204_000)
        shown = figure(client, number)
        assert f'<{player} controls preload="none" src="/admin/' in shown
        assert f'aria-label="{note}"' in shown

    def test_what_no_browser_shows_can_be_kept(self, client, gallery, number, message):
        file = gallery.hang(message, b"x", "video/3gpp", kind="video", size=50)
        shown = figure(client, number)
        assert "<video" not in shown
        assert words_of(shown).startswith("video, 0.1 kB · ")
        assert "cleaned copy" in shown
        answer = get(client, number, str(file))
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_a_file_that_is_not_here_yet_says_so(self, client, gallery, number, message):
        file = gallery.expect(message, "voice")
        assert words_of(figure(client, number)) == "voice note, being fetched"
        assert get(client, number, str(file)).status_code == 404
        assert get(client, number, f"{file}/original").status_code == 404

    @pytest.mark.parametrize(
        ("status", "error", "note"),
        [
            (attachments.REFUSED, attachments.TOO_LARGE, "photo, refused: too large"),
            (attachments.REFUSED, attachments.TOO_LONG, "photo, refused: too long"),
            (attachments.REFUSED, attachments.TOO_MANY, "photo, refused: one too many"),
            (
                attachments.REFUSED,
                attachments.UNKNOWN,
                "photo, refused: not a photo, voice note or video",
            ),
            (attachments.REFUSED, attachments.BROKEN, "photo, refused: it could not be opened"),
            (attachments.LOST, attachments.GONE, "photo, lost on the way"),
        ],
    )
    def test_what_was_not_kept_says_why(
        self, client, gallery, number, message, status, error, note
    ):
        file = gallery.lose(message, status, error)
        assert words_of(figure(client, number)) == note
        assert get(client, number, str(file)).status_code == 404

    def test_without_a_cleaned_copy_nothing_is_shown(self, client, gallery, number, message):
        file = gallery.hang(message, cleaned_type=None)
        assert "<img" not in figure(client, number)
        assert get(client, number, str(file)).status_code == 404
        assert get(client, number, f"{file}/original").data == ORIGINAL


class TestServed:
    @pytest.fixture
    def file(self, gallery: Gallery, message: int) -> int:
        return gallery.hang(message)

    def test_the_copy_can_do_nothing_in_a_browser(self, client, number, file):
        answer = get(client, number, str(file))
        assert answer.data == picture()
        assert answer.content_type == "image/png"
        assert answer.headers["Content-Disposition"] == f"inline; filename=file-{file}.png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_original_is_only_ever_downloaded(self, client, number, file):
        answer = get(client, number, f"{file}/original")
        assert answer.data == ORIGINAL
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == f"attachment; filename=file-{file}.jpg"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    @pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf"])
    def test_a_type_that_is_not_ours_is_never_shown(self, client, gallery, number, message, kind):
        file = gallery.hang(message, b"<script>alert(1)</script>", kind)
        answer = get(client, number, str(file))
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_a_player_may_ask_for_a_piece(self, client, number, file):
        answer = get(client, number, str(file), Range="bytes=1-3")
        assert answer.status_code == 206
        assert answer.data == picture()[1:4] == b"PNG"
        assert answer.headers["Content-Range"] == f"bytes 1-3/{len(picture())}"

    def test_a_piece_that_there_is_not_is_refused(self, client, number, file):
        assert get(client, number, str(file), Range="bytes=99999-").status_code == 416

    def test_looking_and_downloading_are_audited_once_each(self, client, number, file, audited):
        get(client, number, str(file))
        get(client, number, str(file), Range="bytes=0-")
        get(client, number, str(file), Range="bytes=10-")
        get(client, number, f"{file}/original")
        detail = {"interview": number}
        assert audited()[1:] == [
            (COORDINATOR, "view_file", f"attachment:{file}", detail),
            (COORDINATOR, "view_file", f"attachment:{file}", detail),
            (COORDINATOR, "download_file", f"attachment:{file}", detail),
        ]

    def test_a_file_belongs_to_its_testimony(self, client, town, number, file):
        other = town.write("+14045550199", "STREET")
        assert get(client, other, str(file)).status_code == 404
        assert get(client, other, f"{file}/original").status_code == 404

    @pytest.mark.parametrize("wrong", ["99", "0", "x", "-1", "../1", str(2**63), "9" * 30])
    def test_what_is_not_there_is_no_page(self, client, number, file, wrong):
        assert get(client, number, wrong).status_code == 404
        assert get(client, number, f"{wrong}/original").status_code == 404

    def test_a_store_that_is_away_is_no_bug(self, client, gallery, number, message, tmp_path):
        file = gallery.hang(message)
        for path in (tmp_path / "files").iterdir():
            path.unlink()
        answer = get(client, number, str(file))
        assert answer.status_code == 503
        assert "This file is away" in answer.text

    def test_a_file_that_was_changed_in_the_store_is_not_given_out(
        self, client, gallery, number, message, tmp_path
    ):
        file = gallery.hang(message)
        for path in (tmp_path / "files").iterdir():
            path.write_bytes(path.read_bytes()[:-1] + b"\0")
        assert get(client, number, str(file)).status_code == 503
        assert get(client, number, f"{file}/original").status_code == 503


class TestRights:
    @pytest.fixture
    def file(self, gallery: Gallery, message: int) -> int:
        return gallery.hang(message)

    @pytest.mark.parametrize(
        ("role", "copy", "original"),
        [
            ("owner", 200, 200),
            ("coordinator", 200, 200),
            ("organizer", 200, 403),
            ("viewer", 403, 403),
        ],
    )
    def test_who_reads_sees_and_who_answers_downloads(
        self, client_of, number, file, audited, role, copy, original
    ):
        client = client_of(role)
        assert get(client, number, str(file)).status_code == copy
        assert get(client, number, f"{file}/original").status_code == original
        actions = [action for _, action, _, _ in audited()[1:]]
        assert actions == [
            "view_file" if copy == 200 else "refused",
            "download_file" if original == 200 else "refused",
        ]

    def test_an_organizer_is_offered_no_original(self, client_of, number, file):
        assert "original</a>" not in figure(client_of("organizer"), number)

    @pytest.mark.parametrize("path", ["", "/original"])
    def test_without_a_log_in_there_is_nothing_to_see(self, visitor: Visitor, number, file, path):
        answer = get(visitor.client, number, f"{file}{path}")
        assert answer.location.startswith("/admin/login?next=/admin/")


def test_without_a_store_there_are_no_files(
    town: Town, gallery: Gallery, number: int, message: int
) -> None:
    file = gallery.hang(message)
    visitor = Visitor(build_app(town).test_client())
    visitor.log_in("owner@example.org")
    assert get(visitor.client, number, str(file)).status_code == 404
