"""The words of entries beside what was looked for: which sections answer, and extracts with marks. Knows no index."""

from collections.abc import Set
from functools import lru_cache

from markupsafe import Markup, escape
from whoosh.analysis import Token
from whoosh.highlight import Fragment, PinpointFragmenter

from signpost.model import Entry, Passage, Section
from signpost.search.words import Word, paragraph_numbers, words_in

MOST_PASSAGES = 3
EXTRACT = 220
"""Characters of an extract, about two lines on a phone."""

_fragmenter = PinpointFragmenter(maxchars=EXTRACT, surround=60, autotrim=True, charlimit=None)


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text. Editions never change, so what was read once is kept."""
    return tuple(words_in(text))


def best_passages(entry: Entry, wanted: Set[str]) -> tuple[Passage, ...]:
    """The sections that hold most of the words, those that name them in the heading first."""
    scored = [(_score(section, wanted), -place) for place, section in enumerate(entry.sections)]
    best = sorted((pair for pair in scored if pair[0] > 0), reverse=True)[:MOST_PASSAGES]
    return tuple(_passage(entry.sections[-place], wanted) for _, place in best)


def _score(section: Section, wanted: Set[str]) -> float:
    heading = {word.text for word in words_of(section.heading)} & wanted
    numbers = wanted & set(paragraph_numbers(section.paragraphs))
    text = [word.text for word in words_of(section.text) if word.text in wanted]
    distinct = len(heading | numbers | set(text))
    return distinct * 10 + len(heading) * 3 + len(numbers) * 8 + min(len(text), 8) / 2 if distinct else 0.0


def _passage(section: Section, wanted: Set[str]) -> Passage:
    return Passage(section.heading, section.paragraphs, section.anchor, extract(section.text, wanted))


def extract(text: str, wanted: Set[str]) -> str:
    """The stretch of a text that matches best, as safe HTML with <mark>; its beginning when nothing matches."""
    matched = [Token(text=word.text, startchar=word.start, endchar=word.end) for word in words_of(text) if word.text in wanted]
    fragments = list(_fragmenter.fragment_matches(text, matched)) or [Fragment(text, [], 0, 0)]
    best = max(fragments, key=lambda f: (len(f.matched_terms), len(f.matches), -f.startchar))
    start, end = _widened(text, best.startchar, best.endchar)
    return highlighted(text, Fragment(text, [m for m in matched if start <= m.startchar and m.endchar <= end], start, end))


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A short stretch with some of the text round it, cut between words."""
    spare = EXTRACT - (end - start)
    if spare <= 0:
        return start, end
    low = max(0, min(start - spare // 3, len(text) - EXTRACT))
    high = min(len(text), low + EXTRACT)
    low = low if low == 0 else text.find(" ", low, start) + 1 or start
    high = high if high == len(text) else max(text.rfind(" ", end, high), end)
    return low, high


def highlighted(text: str, fragment: Fragment) -> str:
    """A stretch of plain text as safe HTML: everything escaped, matches in <mark>, '…' where it was cut."""
    parts = [Markup("… ") if fragment.startchar > 0 else Markup()]
    place = fragment.startchar
    for match in fragment.matches:
        if match.startchar < place:
            continue
        parts += [escape(text[place : match.startchar]), Markup("<mark>{}</mark>").format(text[match.startchar : match.endchar])]
        place = match.endchar
    parts.append(escape(text[place : fragment.endchar]))
    parts.append(Markup(" …") if fragment.endchar < len(text) else Markup())
    return Markup().join(parts)


def mark_all(text: str, wanted: Set[str]) -> str:
    """A whole text as safe HTML with every match marked, for titles and headings."""
    matched = [Token(text=w.text, startchar=w.start, endchar=w.end) for w in words_of(text) if w.text in wanted]
    return highlighted(text, Fragment(text, matched, 0, len(text)))
