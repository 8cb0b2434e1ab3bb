"""Entries → the bars and arrows of a picture in time. Pure: numbers and words, no SVG."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from signpost.currency import ends, starts
from signpost.model import Entry

FIRST_YEAR = 1989
"""The year of the UN Convention on the Rights of the Child and of the Children Act."""
YEAR = 14
"""Width of a year."""
ROW = 22
"""Height of a bar with the room round it."""
TOP = 28
LABEL = 430
"""Room for words to the right of the last bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One entry's time in use."""

    entry: Entry
    start: date
    end: date | None
    """None while it is in use, or where its end is not known."""
    x: int
    y: int
    width: int

    @property
    def is_certain(self) -> bool:
        """Whether we know that it ended, or that it is in use."""
        return self.end is not None or self.entry.status == "current"


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the end of what was replaced to the start of what replaced it."""

    points: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A picture: its size, its years, its bars in order of their start, and its arrows."""

    width: int
    height: int
    years: tuple[tuple[int, int], ...]
    """(year, x)."""
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]


def timeline(entries: Iterable[Entry], successors: Callable[[Entry], Sequence[Entry]], today: date) -> Timeline:
    """Entries whose start is known, from 1989 to today."""
    known = [(start, entry) for entry in entries if (start := starts(entry)) and start.year >= FIRST_YEAR and start <= today]
    known.sort(key=lambda pair: (pair[0], pair[1].title))
    bars = []
    for row, (start, entry) in enumerate(known):
        end = ends(entry, successors(entry))
        x = _x(start)
        bars.append(Bar(entry, start, end, x, TOP + row * ROW, max(4, _x(min(end or today, today)) - x)))
    by_slug = {bar.entry.slug: bar for bar in bars}
    pairs = [(bar, by_slug[new]) for bar in bars for new in bar.entry.superseded_by if new in by_slug]
    arrows = tuple(_arrow(old, new) for old, new in pairs)
    years = tuple((year, _x(date(year, 1, 1))) for year in range(FIRST_YEAR, today.year + 1))
    return Timeline(_x(today) + LABEL, TOP + len(bars) * ROW + 8, years, tuple(bars), arrows)


def _x(day: date) -> int:
    return round((day.year - FIRST_YEAR + (day.timetuple().tm_yday - 1) / 365) * YEAR) + 4


def _arrow(old: Bar, new: Bar) -> Arrow:
    middle = ROW // 2 - 3
    x, y = old.x + old.width, old.y + middle
    return Arrow(f"{x},{y} {x + 5},{y} {x + 5},{new.y + middle} {max(new.x, x + 5)},{new.y + middle}")
