"""A recording, sound or film, put into a new container: the same sound and images, and nothing written beside them.

It runs in the workbench's process only, for recordings may be made to harm whoever opens them.
"""

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError

from bot.media.findings import BROKEN, MOST_MINUTES, UNKNOWN, Finding, Unfit

ISO = "mov"  # the family of containers that begin with an "ftyp"
READ_AS = {
    "video/mp4": ISO,
    "video/quicktime": ISO,
    "video/3gpp": ISO,
    "audio/mp4": ISO,
    "video/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/amr": "amr",
}
SOUND_ALONE = {"video/webm": "audio/webm"} | dict.fromkeys(
    ("video/mp4", "video/quicktime", "video/3gpp"), "audio/mp4"
)
# the containers to try for the copy, with their types; the first that takes the recording is good
WRITE_AS = {
    "video/mp4": [("mp4", "video/mp4")],
    "video/quicktime": [("mp4", "video/mp4"), ("mov", "video/quicktime")],
    "video/3gpp": [("mp4", "video/mp4"), ("3gp", "video/3gpp")],
    "audio/mp4": [("mp4", "audio/mp4"), ("3gp", "audio/3gpp")],
    "video/webm": [("webm", "video/webm")],
    "audio/webm": [("webm", "audio/webm")],
    "audio/ogg": [("ogg", "audio/ogg")],
    "audio/mpeg": [("mp3", "audio/mpeg")],
    "audio/aac": [("adts", "audio/aac")],
    "audio/wav": [("wav", "audio/wav")],
}
BARE = {"fflags": "+bitexact"}  # no name of the program that wrote it
OPTIONS = {"mp3": {"id3v2_version": "0", "write_id3v1": "0"}}
OPUS_RATE = 48_000
ATTACHED = int(av.stream.Disposition.attached_pic)


@dataclass
class _Span:
    """From the first sound or image to the end of the last."""

    begins: Fraction | None = None
    ends: Fraction = Fraction()

    def take(self, packet: Any) -> None:
        at = packet.pts if packet.pts is not None else packet.dts
        begins = at * packet.time_base
        self.begins = begins if self.begins is None else min(self.begins, begins)
        self.ends = max(self.ends, begins + (packet.duration or 0) * packet.time_base)


def clean_recording(data: bytes, content_type: str) -> Finding:
    """What a recording is, how long, and its cleaned copy; raises Unfit when it cannot be opened."""
    try:
        seconds, film = _measured(data, content_type)
    except (FFmpegError, ValueError, OSError):
        raise Unfit(BROKEN) from None
    if film and content_type.startswith("audio/"):
        if READ_AS[content_type] != ISO:
            raise Unfit(UNKNOWN)
        content_type = "video/mp4"
    content_type = content_type if film else SOUND_ALONE.get(content_type, content_type)
    kind = "video" if film else "voice"
    if seconds > MOST_MINUTES * 60:
        return Finding(kind, content_type, seconds)
    cleaned_type, cleaned = _copied(data, content_type)
    return Finding(kind, content_type, seconds, cleaned_type, cleaned)


def _opened(data: bytes, content_type: str) -> Any:
    return av.open(io.BytesIO(data), "r", format=READ_AS.get(content_type, "matroska"))


def _streams(source: Any) -> list[Any]:
    """The first film and the first sound; a picture of the cover, subtitles and places told by time are left out."""
    films = [one for one in source.streams.video if not int(one.disposition) & ATTACHED]
    return films[:1] + list(source.streams.audio)[:1]


def _measured(data: bytes, content_type: str) -> tuple[int, bool]:
    """How many seconds it takes to play, by what is in it, not by what it says; and whether it has images."""
    with _opened(data, content_type) as source:
        streams = _streams(source)
        span = _Span()
        for packet in source.demux(*streams) if streams else ():
            if packet.dts is not None:
                span.take(packet)
        if span.begins is None:
            raise Unfit(BROKEN)
        film = any(stream.type == "video" for stream in streams)
    return max(round(span.ends - span.begins), 1), film


def _copied(data: bytes, content_type: str) -> tuple[str | None, bytes | None]:
    """The recording in a new container, and its type; nothing where none takes it."""
    if content_type == "audio/amr":  # browsers do not play it
        try:
            return "audio/ogg", _spoken_anew(data)
        except (FFmpegError, ValueError):
            return None, None
    for container, cleaned_type in WRITE_AS[content_type]:
        try:
            return cleaned_type, _remuxed(data, content_type, container)
        except (FFmpegError, ValueError):
            continue
    return None, None


def _remuxed(data: bytes, content_type: str, container: str) -> bytes:
    out = io.BytesIO()
    options = {**BARE, **OPTIONS.get(container, {})}
    with (
        _opened(data, content_type) as source,
        av.open(out, "w", format=container, options=options) as copy,
    ):
        into = {one.index: copy.add_stream_from_template(one) for one in _streams(source)}
        for packet in source.demux(*_streams(source)):
            if packet.dts is not None:
                packet.stream = into[packet.stream.index]
                copy.mux(packet)
    return out.getvalue()


def _spoken_anew(data: bytes) -> bytes:
    out = io.BytesIO()
    with (
        _opened(data, "audio/amr") as source,
        av.open(out, "w", format="ogg", options=BARE) as copy,
    ):
        voice = copy.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        turned = av.AudioResampler(format="s16", layout="mono", rate=OPUS_RATE)
        for frame in source.decode(audio=0):
            for piece in turned.resample(frame):
                copy.mux(voice.encode(piece))
        copy.mux(voice.encode(None))
    return out.getvalue()
