"""Photos, recordings and films, made on the fly, with the marks that tell on people: places, names, comments."""

import io
from fractions import Fraction
from typing import Any

import av
from PIL import Image, PngImagePlugin

NAME = "Quillfeather"  # is in every mark
LATITUDE = (33.0, 44.0, 56.4)


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 40), *, turned: bool = False) -> bytes:
    """A picture, red on its left and blue on its right, with a place, a name and a comment in its marks."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F] = f"Camera of {NAME}"
    exif[0x9286] = f"{NAME} was here"
    exif[0x8825] = {1: "N", 2: LATITUDE, 3: "W", 4: (84.0, 23.0, 16.8)}
    if turned:
        exif[0x0112] = 6  # to be shown turned by a quarter
    marks: dict[str, Any] = {"exif": exif, "xmp": f"<x>{NAME}</x>".encode()}
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", NAME)
        marks = {"exif": exif, "pnginfo": info}
    elif form == "GIF":
        marks = {"comment": NAME}
    elif form == "JPEG":
        marks["comment"] = f"by {NAME}"
    out = io.BytesIO()
    image.save(out, form, **marks)
    return out.getvalue()


SOUNDS = {
    "ogg": ("ogg", "libopus", 48_000),
    "mp3": ("mp3", "libmp3lame", 16_000),
    "wav": ("wav", "pcm_s16le", 8_000),
    "m4a": ("ipod", "aac", 16_000),
    "aac": ("adts", "aac", 16_000),
    "amr": ("amr", "libopencore_amrnb", 8_000),
    "weba": ("webm", "libopus", 48_000),
}
FILMS = {
    "mp4": ("mp4", "libx264"),
    "mov": ("mov", "libx264"),
    "3gp": ("3gp", "libx264"),
    "webm": ("webm", "libvpx"),
    "mkv": ("matroska", "libvpx"),
}
MARKS = {"title": NAME, "artist": NAME, "comment": NAME, "location": "+33.7490-084.3880/"}


def sound(form: str, seconds: int = 2) -> bytes:
    """Silence of so many seconds, with a name and a place in its marks where the form has any."""
    container, codec, rate = SOUNDS[form]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        file.metadata.update(MARKS)
        stream: Any = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=rate * seconds)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        frame.planes[0].update(bytes(rate * seconds * 2))
        turned = av.AudioResampler(format=stream.format or "s16", layout="mono", rate=rate)
        for piece in (*turned.resample(frame), *turned.resample(None)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()


def long_speech(seconds: int) -> bytes:
    """So many seconds of a phone's recording: fifty pieces a second, each of thirteen bytes."""
    return b"#!AMR\n" + (b"\x04" + bytes(12)) * (50 * seconds)


def film(form: str, seconds: int = 1) -> bytes:
    """A black film of so many seconds, ten images in each, with a name and a place in its marks."""
    container, codec = FILMS[form]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        file.metadata.update(MARKS)
        stream: Any = file.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(10 * seconds):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()
