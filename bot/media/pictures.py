"""A picture drawn anew: turned upright, bounded, and without anything that was written beside its points.

It runs in the workbench's process only, for pictures may be made to harm whoever opens them.
"""

import io

from PIL import Image, ImageOps

from bot.media.findings import BROKEN, Finding, Unfit

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
SIDE = 2048  # points
MOST_POINTS = 100_000_000  # a phone has fewer; a bomb has more
QUALITY = 85


def clean_picture(data: bytes, content_type: str) -> Finding:
    """What a picture is, and its cleaned copy; raises Unfit when it cannot be opened."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at before anything is unpacked
    if content_type == "image/heic":
        import pi_heif  # only for these, for it takes a while

        pi_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(data), formats=[FORMATS[content_type]]) as picture:
            if picture.width * picture.height > MOST_POINTS:
                raise Unfit(BROKEN)
            copy = _drawn_anew(picture)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError):
        raise Unfit(BROKEN) from None
    cleaned_type, cleaned = _written(copy, lossless=content_type in ("image/png", "image/gif"))
    return Finding("photo", content_type, None, cleaned_type, cleaned)


def _drawn_anew(picture: Image.Image) -> Image.Image:
    """The points alone, in a new image: what the old one remembers beside them stays behind."""
    picture.draft("RGB", (SIDE, SIDE))  # a JPEG can be unpacked at a smaller size
    picture.load()
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    points = picture if picture.mode == mode else picture.convert(mode)
    scale = min(SIDE / max(points.size), 1.0)
    size = [max(round(side * scale), 1) for side in points.size]
    upright = ImageOps.exif_transpose(points.resize(size, reducing_gap=2.0))
    copy = Image.new(mode, upright.size)
    copy.paste(upright)
    return copy


def _written(copy: Image.Image, *, lossless: bool) -> tuple[str, bytes]:
    out = io.BytesIO()
    if lossless or copy.mode == "RGBA":
        copy.save(out, "PNG")
        return "image/png", out.getvalue()
    copy.save(out, "JPEG", quality=QUALITY)
    return "image/jpeg", out.getvalue()
