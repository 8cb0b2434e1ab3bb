"""The words of entries beside what was looked for: which sections answer, and extracts with marks. Knows no index."""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from markupsafe import escape
from whoosh.analysis import Token
from whoosh.highlight import Fragment, PinpointFragmenter

from signpost.model import Entry, Passage, Section
from signpost.search.index import parts_of
from signpost.search.words import Word, paragraph_numbers

MOST_PASSAGES = 3
EXTRACT = 220
"""Characters of an extract, about two lines on a phone."""

Reader = Callable[[str], Sequence[Word]]
"""Text → its words, as the lexicon of an edition reads them."""
Wanted = Sequence[Set[str]]
"""For each thing asked for, the indexed words that answer it."""


@dataclass(frozen=True, slots=True)
class SectionWords:
    """The words of a section, ready to be looked up."""

    heading: frozenset[str]
    numbers: frozenset[str]
    text: dict[str, int]
    """Word → how often it stands there."""


@dataclass(frozen=True, slots=True)
class EntryWords:
    """The words of an entry, ready to be looked up. The build reads each entry once for all searches to come."""

    name: frozenset[str]
    """The words of the title and aliases."""
    questions: tuple[frozenset[str], ...]
    """The words of the summary, and of each question that the entry answers."""
    sections: tuple[SectionWords, ...]
    parts: dict[str, dict[str, int]]
    """Part → word → how often it stands there."""


def read_entry(entry: Entry, labels: dict[str, str], read: Reader) -> EntryWords:
    """All the words of an entry."""
    return EntryWords(
        name=frozenset(word.text for text in (entry.title, *entry.aliases) for word in read(text)),
        questions=tuple(frozenset(word.text for word in read(text)) for text in (entry.summary, *entry.asked)),
        sections=tuple(_read_section(section, read) for section in entry.sections),
        parts={part: dict(Counter(w.text for text in texts for w in read(text))) for part, texts in parts_of(entry, labels).items()},
    )


def _read_section(section: Section, read: Reader) -> SectionWords:
    return SectionWords(
        heading=frozenset(word.text for word in read(section.heading)),
        numbers=frozenset(paragraph_numbers(section.paragraphs)),
        text=dict(Counter(word.text for word in read(section.text))),
    )


_fragmenter = PinpointFragmenter(maxchars=EXTRACT, surround=60, autotrim=True, charlimit=None)


def best_sections(entry: Entry, words: EntryWords, wanted: Wanted) -> list[Section]:
    """The sections that answer most of what was asked, best first."""
    scored = [(_score(section, wanted), -place) for place, section in enumerate(words.sections)]
    best = heapq.nlargest(MOST_PASSAGES, (pair for pair in scored if pair[0] > 0))
    return [entry.sections[-place] for _, place in best]


def _score(section: SectionWords, wanted: Wanted) -> float:
    """Answers first; a number or heading that names the thing counts more than a mention."""
    score = 0.0
    for answers in wanted:
        in_heading = not section.heading.isdisjoint(answers)
        in_numbers = not section.numbers.isdisjoint(answers)
        mentions = sum(section.text.get(word, 0) for word in answers)
        if in_heading or in_numbers or mentions:
            score += 10 + 4 * in_heading + 10 * in_numbers + min(mentions, 5) / 2
    return score


def share_together(words: EntryWords, wanted: Wanted) -> float:
    """The largest part of what was asked that one section, the summary or one question answers, with the title and aliases."""
    asked = [answers for answers in wanted if words.name.isdisjoint(answers)]
    if not asked:
        return 1.0 if wanted else 0.0
    most = max(sum(not question.isdisjoint(answers) for answers in asked) for question in words.questions)
    for section in words.sections:
        most = max(most, sum(any(w in section.text or w in section.heading for w in answers) for answers in asked))
    return (len(wanted) - len(asked) + most) / len(wanted)


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
    parts = ["… "] if fragment.startchar > 0 else []
    place = fragment.startchar
    for match in fragment.matches:
        if match.startchar < place:
            continue
        parts += [escape(text[place : match.startchar]), "<mark>", escape(text[match.startchar : match.endchar]), "</mark>"]
        place = match.endchar
    parts.append(escape(text[place : fragment.endchar]))
    parts += [" …"] if fragment.endchar < len(text) else []
    return "".join(parts)
