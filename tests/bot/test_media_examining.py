"""A file is what its content says. What we keep is opened by a process of its own, and copied without its marks."""

import io
import os
import signal
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from bot.media.examining import examine, type_of
from bot.media.findings import Unfit
from tests.support import media
from tests.support.media import NAME

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
COPIES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/png", "WEBP": "image/jpeg"}


def marks(data: bytes) -> list[bytes]:
    """What of the planted marks stands in a file."""
    told = (NAME.encode(), NAME.encode("utf-16-le"), b"33.7490", b"Exif\0\0", b"http://ns.adobe")
    return [mark for mark in told if mark in data]


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", PICTURES)
def test_a_picture_is_copied_without_place_name_and_comment(form: str) -> None:
    original = media.picture(form)
    assert marks(original)
    found = examine(original)
    assert (found.kind, found.content_type, found.seconds) == ("photo", PICTURES[form], None)
    assert found.cleaned_type == COPIES[form]
    copy = opened(found.cleaned)
    assert marks(found.cleaned or b"") == []
    assert not copy.getexif()
    assert not {"exif", "xmp", "comment", "Author", "icc_profile"} & set(copy.info)
    assert copy.size == (64, 40)


def test_the_place_is_in_the_original() -> None:
    place = opened(media.picture()).getexif().get_ifd(0x8825)
    assert [float(part) for part in place[2]] == list(media.LATITUDE)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(form: str) -> None:
    copy = opened(examine(media.picture(form, turned=True)).cleaned).convert("RGB")
    assert copy.size == (40, 64)
    top, bottom = copy.getpixel((20, 5)), copy.getpixel((20, 58))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 50 > bottom[0]  # what was on the left is above now


def test_a_large_picture_is_copied_smaller() -> None:
    assert opened(examine(media.picture(size=(4100, 100))).cleaned).size == (2048, 50)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_all_modes_have_a_copy(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (9, 9)).save(out, "PNG")
    assert opened(examine(out.getvalue()).cleaned).size == (9, 9)


SOUNDS = {
    "ogg": ("audio/ogg", "audio/ogg"),
    "mp3": ("audio/mpeg", "audio/mpeg"),
    "wav": ("audio/wav", "audio/wav"),
    "m4a": ("audio/mp4", "audio/mp4"),
    "aac": ("audio/aac", "audio/aac"),
    "amr": ("audio/amr", "audio/ogg"),  # browsers do not play it
    "weba": ("audio/webm", "audio/webm"),
}


@pytest.mark.parametrize("form", SOUNDS)
def test_a_recording_is_measured_and_copied_without_its_marks(form: str) -> None:
    found = examine(media.sound(form))
    assert (found.kind, found.content_type, found.cleaned_type) == ("voice", *SOUNDS[form])
    assert found.seconds == 2
    assert marks(found.cleaned or b"") == []
    assert examine(found.cleaned or b"").seconds == 2


FILMS = {
    "mp4": ("video/mp4", "video/mp4"),
    "mov": ("video/quicktime", "video/mp4"),
    "3gp": ("video/mp4", "video/mp4"),
    "webm": ("video/webm", "video/webm"),
}


@pytest.mark.parametrize("form", FILMS)
def test_a_film_is_measured_and_copied_without_its_marks(form: str) -> None:
    original = media.film(form, seconds=3)
    assert marks(original)
    found = examine(original)
    assert (found.kind, found.content_type, found.cleaned_type) == ("video", *FILMS[form])
    assert found.seconds == 3
    assert marks(found.cleaned or b"") == []
    assert examine(found.cleaned or b"").seconds == 3


def turned(film: bytes) -> bytes:
    """The film, to be shown turned by a quarter: its matrix stands 40 bytes behind the name of its box."""
    at = film.index(b"tkhd") + 4 + 40
    parts = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    matrix = b"".join(part.to_bytes(4, "big", signed=True) for part in parts)
    return film[:at] + matrix + film[at + 36 :]


def test_a_film_that_is_to_be_turned_stays_so() -> None:
    original = turned(media.film("mp4"))
    copy = examine(original).cleaned or b""
    at = original.index(b"tkhd") + 44
    assert original[at : at + 36] in copy


NOT_KEPT = {
    "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "zip": b"PK\x03\x04" + bytes(60),
    "exe": b"MZ" + bytes(200),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "gzip": b"\x1f\x8b\x08" + bytes(60),
    "text": b"They came at night.",
    "nothing": b"",
    "tiff": b"II*\0" + bytes(60),
    "mkv": media.film("mkv"),
}


@pytest.mark.parametrize("name", NOT_KEPT)
def test_other_kinds_are_not_kept(name: str) -> None:
    with pytest.raises(Unfit, match="unknown"):
        examine(NOT_KEPT[name])


BROKEN = {
    "cut picture": media.picture(size=(900, 900))[:2000],
    "head of a picture": media.picture()[:30],
    "cut film": media.film("mp4")[:500],
    "head of a film": media.film("webm")[:60],
    "head of a recording": media.sound("ogg")[:40],
    "a picture that is none": b"\x89PNG\r\n\x1a\n" + b"none at all" * 20,
    "a film that is none": b"\0\0\0\x18ftypmp42" + b"none at all" * 20,
    "a phone's picture that is none": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_opened_is_broken(name: str) -> None:
    with pytest.raises(Unfit, match="broken"):
        examine(BROKEN[name])


def test_a_picture_that_would_fill_the_memory_is_broken() -> None:
    out = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(out, "PNG")
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(Unfit, match="broken"):
        examine(out.getvalue())


def test_what_follows_a_picture_does_not_reach_the_copy() -> None:
    """A file that is a picture to one program and an archive to another."""
    both = media.picture() + NOT_KEPT["zip"] + b"<script>"
    assert b"<script>" not in (examine(both).cleaned or b"")


def test_the_name_of_a_form_is_read_from_the_content_alone() -> None:
    assert type_of(media.picture("PNG")) == "image/png"
    assert type_of(media.film("mov")) == "video/quicktime"


def children() -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(number) for path in found for number in path.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at Linux's processes")
def test_a_file_that_kills_its_process_is_kept_as_it_came() -> None:
    """Nobody knows what it is; but it may be all that there is."""
    before, killed = set(children()), []

    def kill() -> None:
        while not killed:
            for number in set(children()) - before:
                with suppress(FileNotFoundError, ProcessLookupError):
                    if b"workbench" in Path(f"/proc/{number}/cmdline").read_bytes():
                        os.kill(number, signal.SIGKILL)
                        killed.append(number)

    killer = Thread(target=kill)
    killer.start()
    found = examine(media.picture())
    killer.join()
    assert (found.kind, found.content_type) == ("photo", "image/jpeg")
    assert found.cleaned is None
