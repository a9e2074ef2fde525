"""Open this for a plot as SVG: how long something took over the hours of a day, on a log scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from statistics import median

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 860, 300, 70, 34, 40
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce")
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.t{font-weight:600}"
    ".g{stroke:#ddd}polyline{fill:none;stroke-width:1.6}"
)


@dataclass(frozen=True, slots=True)
class Series:
    """Points (hour, seconds) under one name; half an hour's median is a line, its longest a dot."""

    name: str
    points: Sequence[tuple[float, float]]


def svg(title: str, series: Sequence[Series], hours: tuple[float, float]) -> str:
    """Return the plot as text."""
    seconds = [max(point[1], 1e-4) for one in series for point in one.points] or [1.0]
    low, high = floor(log10(min(seconds))), ceil(log10(max(seconds)) + 1e-9)
    wide, tall = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM

    def x(hour: float) -> float:
        return LEFT + (hour - hours[0]) / (hours[1] - hours[0]) * wide

    def y(value: float) -> float:
        return TOP + (high - log10(max(value, 10**low))) / max(1, high - low) * tall

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 22 * len(series)}"'
        f' role="img"><title>{escape(title)}</title><style>{STYLE}</style>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        _text(LEFT, 20, title, "t"),
    ]
    for power in range(low, high + 1):
        at, shown = y(10**power), 10**power if power >= 0 else 10 ** (power + 3)
        parts.append(f'<path class="g" d="M{LEFT} {at:.0f}h{wide}"/>')
        parts.append(_text(8, at + 4, f"{shown:g} {'s' if power >= 0 else 'ms'}"))
    step = max(1, round((hours[1] - hours[0]) / 12))
    parts += (
        _text(x(hour) - 12, HEIGHT - 18, f"{hour}:00")
        for hour in range(ceil(hours[0]), floor(hours[1]) + 1, step)
    )
    for number, one in enumerate(series):
        colour, line = COLOURS[number % len(COLOURS)], HEIGHT + 22 * number
        halves = list(_halves(one.points))
        middle = " ".join(f"{x(hour):.1f},{y(median(took)):.1f}" for hour, took in halves)
        parts.append(f'<polyline stroke="{colour}" points="{middle}"/>')
        parts += (
            f'<circle fill="{colour}" r="2.4" cx="{x(hour):.1f}" cy="{y(max(took)):.1f}"/>'
            for hour, took in halves
        )
        parts.append(f'<rect x="{LEFT}" y="{line - 9}" width="18" height="4" fill="{colour}"/>')
        words = f"{one.name} ({len(one.points):,}): line median of half an hour, dot its longest"
        parts.append(_text(LEFT + 26, line - 3, words))
    return "\n".join([*parts, "</svg>\n"])


def _halves(points: Iterable[tuple[float, float]]) -> Iterable[tuple[float, list[float]]]:
    found: dict[int, list[float]] = {}
    for hour, seconds in points:
        found.setdefault(floor(hour * 2), []).append(seconds)
    return ((half / 2 + 0.25, took) for half, took in sorted(found.items()))


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'
