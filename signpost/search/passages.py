"""The words of entries beside what was looked for: which sections answer, and extracts with marks. Knows no index."""

from collections.abc import Callable, Sequence, Set

from markupsafe import Markup, escape
from whoosh.analysis import Token
from whoosh.highlight import Fragment, PinpointFragmenter

from signpost.model import Entry, Passage, Section
from signpost.search.words import Word, paragraph_numbers

MOST_PASSAGES = 3
EXTRACT = 220
"""Characters of an extract, about two lines on a phone."""

Reader = Callable[[str], Sequence[Word]]
"""Text → its words, as the lexicon of an edition reads them."""
Wanted = Sequence[Set[str]]
"""For each thing asked for, the indexed words that answer it."""

_fragmenter = PinpointFragmenter(maxchars=EXTRACT, surround=60, autotrim=True, charlimit=None)


def best_sections(entry: Entry, wanted: Wanted, read: Reader) -> list[tuple[float, Section]]:
    """The sections that answer most of what was asked, best first, each with its score."""
    scored = [(_score(section, wanted, read), -place) for place, section in enumerate(entry.sections)]
    best = sorted((pair for pair in scored if pair[0] > 0), reverse=True)[:MOST_PASSAGES]
    return [(score, entry.sections[-place]) for score, place in best]


def _score(section: Section, wanted: Wanted, read: Reader) -> float:
    """Answers first; a number or heading that names the thing counts more than a mention."""
    heading = {word.text for word in read(section.heading)}
    numbers = set(paragraph_numbers(section.paragraphs))
    text = [word.text for word in read(section.text)]
    held = set(text)
    score = 0.0
    for answers in wanted:
        in_heading, in_numbers, in_text = answers & heading, answers & numbers, answers & held
        if in_heading or in_numbers or in_text:
            mentions = sum(1 for word in text if word in answers) if in_text else 0
            score += 10 + 4 * bool(in_heading) + 10 * bool(in_numbers) + min(mentions, 5) / 2
    return score


def share_together(entry: Entry, wanted: Wanted, read: Reader) -> float:
    """The largest part of what was asked that one section answers, with the title and aliases, or the summary does alone."""
    if not wanted:
        return 0.0
    name = {word.text for text in (entry.title, *entry.aliases) for word in read(text)}
    blocks = [entry.summary, *(f"{section.heading} {section.text}" for section in entry.sections)]
    held = [name | {word.text for word in read(block)} for block in blocks]
    return max(sum(1 for answers in wanted if answers & block) for block in held) / len(wanted)


def passage(section: Section, wanted: Set[str], read: Reader) -> Passage:
    """A section as a result of its own."""
    return Passage(section.heading, section.paragraphs, section.anchor, extract(section.text, wanted, read))


def extract(text: str, wanted: Set[str], read: Reader) -> str:
    """The stretch of a text that matches best, as safe HTML with <mark>; its beginning when nothing matches."""
    matched = [Token(text=word.text, startchar=word.start, endchar=word.end) for word in read(text) if word.text in wanted]
    matched.sort(key=lambda token: (token.startchar, -token.endchar))
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
