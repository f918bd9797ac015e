"""What the picture is drawn with: shapes, words and colours, as SVG. It knows nothing of flows.

Every colour is an attribute, so that the picture is whole where styles are forbidden; the style only turns it dark.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace"
# name -> (light, dark): those of the pages, and stronger ones for the bars
COLOURS: Mapping[str, tuple[str, str]] = {
    "paper": ("#f8f7f4", "#14181b"),
    "surface": ("#ffffff", "#1b2024"),
    "ink": ("#20262b", "#e6e5e1"),
    "muted": ("#59626a", "#a3abb2"),
    "line": ("#e4e1da", "#2d3439"),
    "edge": ("#868c91", "#737c84"),
    "accent": ("#1b6159", "#86cfc4"),
    "tint": ("#e3efec", "#1d3935"),
    "on-tint": ("#16302c", "#d9efeb"),
    "calm": ("#e8ebf1", "#252d39"),
    "on-calm": ("#3d4a5c", "#bccadf"),
    "wait": ("#faeed3", "#392d12"),
    "on-wait": ("#664600", "#f0d291"),
    "off": ("#eeebe6", "#2b2a28"),
    "on-off": ("#575049", "#c8c1b8"),
    "answered": ("#1b6159", "#86cfc4"),
    "refused": ("#b7791f", "#d9a441"),
    "waiting": ("#a5adb8", "#667080"),
    "left": ("#b3402f", "#ef8b7c"),
}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STYLE = "".join(
    f".f-{name}{{fill:{dark}}}.s-{name}{{stroke:{dark}}}" for name, (_, dark) in COLOURS.items()
)


def clean(text: str) -> str:
    """Text as it may stand in XML, between tags or in an attribute."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class Pen:
    """The shapes drawn so far; what is drawn first lies below."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def box(
        self, x: float, y: float, width: float, height: float, *, round_: float = 10, **paint: str
    ) -> None:
        place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.drawn.append(f'<rect {place} rx="{number(round_)}"{painted(**paint)}/>')

    def path(
        self, points: Sequence[tuple[float, float]], *, dashed: bool = False, stroke: str = "edge"
    ) -> None:
        """A line through the points, its corners rounded."""
        dash = ' stroke-dasharray="2 4"' if dashed else ""
        paint = painted(fill="none", stroke=stroke)
        line = f'd="{rounded(points)}" stroke-width="1.5" stroke-linecap="round"'
        self.drawn.append(f"<path {line}{dash}{paint}/>")

    def head(self, x: float, y: float, *, colour: str = "edge", turn: str = "down") -> None:
        """The head of an arrow, its point at the place."""
        away = {"down": (0, -1), "up": (0, 1), "left": (1, 0), "right": (-1, 0)}[turn]
        long, wide = 7, 4
        back_x, back_y = x + away[0] * long, y + away[1] * long
        side_x, side_y = wide * abs(away[1]), wide * abs(away[0])
        corners = ((x, y), (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y))
        points = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
        self.drawn.append(f'<polygon points="{points}"{painted(fill=colour)}/>')

    def write(
        self,
        lines: Sequence[str],
        x: float,
        y: float,
        size: float,
        *,
        colour: str = "ink",
        leading: float = 1.4,
        anchor: str = "start",
        rtl: bool = False,
        **more: str,
    ) -> None:
        """Lines of text below ``y``; ``x`` is their left edge, their right one for ``rtl`` or the anchor "end"."""
        attributes = {"font-size": number(size), **more}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if rtl:
            attributes["direction"] = "rtl"
        told = "".join(
            f' {name.replace("_", "-")}="{clean(value)}"' for name, value in attributes.items()
        )
        first = y + size * leading / 2 + size * 0.35
        spans = "".join(
            f'<tspan x="{number(x)}" y="{number(first + place * size * leading)}">{clean(line)}</tspan>'
            for place, line in enumerate(lines)
        )
        self.drawn.append(f"<text{told}{painted(fill=colour)}>{spans}</text>")


def painted(**paint: str) -> str:
    """The colours of a shape by their names, as attributes and as what the dark style takes hold of."""
    classes = [f"{what[0]}-{name}" for what, name in paint.items() if name in COLOURS]
    held = f' class="{" ".join(classes)}"' if classes else ""
    colours = {what: COLOURS[name][0] if name in COLOURS else name for what, name in paint.items()}
    return held + "".join(f' {what}="{colour}"' for what, colour in colours.items())


def rounded(points: Sequence[tuple[float, float]], radius: float = 8) -> str:
    """The path through ``points``, which turn at right angles."""
    found = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for before, corner, behind in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before, radius), _toward(corner, behind, radius)
        found.append(f"L{number(into[0])} {number(into[1])}")
        found.append(f"Q{number(corner[0])} {number(corner[1])} {number(out[0])} {number(out[1])}")
    found.append(f"L{number(points[-1][0])} {number(points[-1][1])}")
    return "".join(found)


def _toward(
    start: tuple[float, float], end: tuple[float, float], far: float
) -> tuple[float, float]:
    """The place so far from ``start``, at most half the way to ``end``."""
    gap = abs(end[0] - start[0]) + abs(end[1] - start[1])
    share = min(far, gap / 2) / gap if gap else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def document(
    drawn: Sequence[str], width: float, height: float, title: str, told: str, language: str
) -> str:
    """The whole SVG."""
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    style = (
        f"@media screen and (prefers-color-scheme:dark){{{STYLE}}}"
        "@media print{.paper{fill:#fff}}"
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} lang="en" role="img" aria-labelledby="title desc"'
        f' font-family="{FONT}">'
        f'<title id="title" lang="{clean(language)}">{clean(title)}</title>'
        f'<desc id="desc">{clean(told)}</desc><style>{style}</style>'
        f'<rect class="f-paper paper" width="100%" height="100%" fill="{COLOURS["paper"][0]}"/>'
    )
    return "\n".join([head, *drawn, "</svg>\n"])
