"""An edition: one built, immutable index; loaded whole or not at all, and from then on independent of the disk. Knows no queries."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from whoosh.index import FileIndex

from signpost.currency import current_on
from signpost.model import Entry, Guides
from signpost.search import index
from signpost.search.lexicon import Lexicon, key_of, one_word
from signpost.search.passages import EntryWords
from signpost.search.postings import Postings, mask_of
from signpost.search.spelling import Speller
from signpost.search.suggest import Suggester
from signpost.vocabulary import FACETS, Vocabulary, facet_values

FORMAT = 5
"""Raise it when the files of an edition change shape: then old ones are refused instead of misread."""

MOST_READ = 4_000
"""Entries whose words are kept in memory, some 40 KB each."""

LIST = "edition.json"
"""The file that lists all others of an edition with their sums; without it, it is none."""

ENTRIES = TypeAdapter(list[Entry])
VOCABULARY = TypeAdapter(Vocabulary)
WORDS = TypeAdapter(EntryWords)
GUIDES = TypeAdapter(Guides)
"""The forms in which the files of an edition are written and read."""


class EditionError(Exception):
    """There is no edition that can be served, or none can be built now. The message is for the operator."""


@dataclass(frozen=True)
class Edition:
    """A loaded edition. An entry's place in `entries` is its document number in the index and its bit in every mask."""

    id: str
    built: datetime
    entries: tuple[Entry, ...]
    vocabulary: Vocabulary
    guides: Guides
    lines: tuple[bytes, ...] = field(repr=False)
    spellings: Counter[str] = field(repr=False)
    """Every word as its authors wrote it, and how often."""
    index: FileIndex = field(repr=False)

    @cached_property
    def by_slug(self) -> dict[str, Entry]:
        """Slug → entry."""
        return {entry.slug: entry for entry in self.entries}

    @cached_property
    def covered_by(self) -> dict[str, str]:
        """Id that has no entry of its own → slug of the entry that stands for it."""
        return {covered: entry.slug for entry in self.entries for covered in entry.covers}

    @cached_property
    def masks(self) -> dict[str, dict[str, int]]:
        """Filter → value → a bit for each entry that has it."""
        masks: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for place, entry in enumerate(self.entries):
            for facet, having in facet_values(entry).items():
                for value in having:
                    masks[facet][value] = masks[facet].get(value, 0) | 1 << place
        return masks

    @cached_property
    def everything(self) -> int:
        """The mask with a bit for every entry."""
        return (1 << len(self.entries)) - 1

    def successors(self, entry: Entry) -> list[Entry]:
        """What replaced an entry."""
        return [self.by_slug[slug] for slug in entry.superseded_by if slug in self.by_slug]

    @cached_property
    def current_on(self) -> Callable[[date], int]:
        """Day → a bit for each entry that was current then, or may have been."""
        return lru_cache(maxsize=64)(self._current_on)

    def _current_on(self, day: date) -> int:
        return mask_of(place for place, entry in enumerate(self.entries) if current_on(entry, day, self.successors(entry)) is not False)

    @cached_property
    def orders(self) -> dict[str, list[int]]:
        """Order → every place in it. Words rank by relevance instead; without words 'relevance' is current first."""
        titles = sorted(range(len(self.entries)), key=lambda place: self.entries[place].title.casefold())
        return {
            "relevance": sorted(titles, key=lambda place: self.entries[place].status != "current"),
            "newest": sorted(titles, key=lambda place: self.entries[place].published or "0", reverse=True),
            "title": titles,
        }

    @cached_property
    def handles(self) -> dict[str, int]:
        """Telephone number, e-mail or web address in the form in which they are compared → a bit for each entry that has it."""
        handles: dict[str, int] = {}
        for place, entry in enumerate(self.entries):
            for handle in index.handles_of(entry):
                handles[handle] = handles.get(handle, 0) | 1 << place
        return handles

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Title or alias, as normal words → the places of the entries that have it."""
        names: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            for name in {one_word(key_of(name)) for name in (entry.title, *entry.aliases)}:
                names.setdefault(name, []).append(place)
        return names

    @cached_property
    def lexicon(self) -> Lexicon:
        """The vocabulary as search sees it."""
        return Lexicon(self.vocabulary)

    @cached_property
    def speller(self) -> Speller:
        """Every word of the entries."""
        return Speller(self.spellings)

    @cached_property
    def postings(self) -> Postings:
        """What the index knows of words."""
        return Postings(self.index)

    @cached_property
    def words_of(self) -> Callable[[int], EntryWords]:
        """Place → the words of its entry, as the build read them; kept while there is room."""
        return lru_cache(maxsize=MOST_READ)(lambda place: WORDS.validate_json(self.lines[place]))

    @cached_property
    def made(self) -> dict[tuple[str, ...], Any]:
        """Room for what others make of this edition and want again; it goes when the edition goes."""
        return {}

    @cached_property
    def suggester(self) -> Suggester:
        """Titles, other names and topics."""
        return Suggester(self.entries, self.vocabulary.topics.values())


def labels_of(vocabulary: Vocabulary) -> dict[str, str]:
    """Topic or need → its label and the other words that readers use for it."""
    terms = [*vocabulary.topics.values(), *vocabulary.needs.values()]
    return {term.id: " ".join([term.label, *term.words]) for term in terms}


def id_of(listed: bytes) -> str:
    """The id that follows from the list of an edition: its number, then the start of the list's own sum, so that no two share one."""
    return f"{json.loads(listed)['number']:06d}-{hashlib.sha256(listed).hexdigest()[:8]}"


def current_id(folder: Path) -> str:
    """The name of the current edition. Raises EditionError when there is none."""
    try:
        return Path(os.readlink(folder / "current")).name
    except OSError as error:
        raise EditionError(f"there is no edition in {folder}") from error


def load(folder: Path) -> Edition:
    """The current edition. Raises EditionError when there is none or it is damaged."""
    while True:
        id = current_id(folder)
        try:
            return kept(folder, id)
        except EditionError:
            if current_id(folder) == id:  # else another took its place, and it may have been deleted under our hands
                raise


def kept(folder: Path, id: str) -> Edition:
    """One of the editions that are kept. Raises EditionError when it is not there or damaged."""
    place = folder / "editions" / id
    edition = read(place)
    if edition.id != id:
        raise EditionError(f"{place / LIST} is damaged")
    return edition


def read(place: Path) -> Edition:
    """The edition in a folder, every byte of it: what happens to the files afterwards touches nobody. Raises EditionError if damaged."""
    try:
        listed = place.joinpath(LIST).read_bytes()
        facts = json.loads(listed)
        if facts["format"] != FORMAT:
            raise EditionError(f"{place} was built by another version of Signpost")
        files = {name: _whole(place / name, expected) for name, expected in facts["sums"].items()}
        return Edition(
            id=id_of(listed),
            built=datetime.fromisoformat(facts["built"]),
            entries=tuple(ENTRIES.validate_json(files["entries.json"])),
            vocabulary=VOCABULARY.validate_json(files["vocabulary.json"]),
            guides=GUIDES.validate_json(files["guides.json"]),
            lines=tuple(files["words.jsonl"].splitlines()),
            spellings=Counter(json.loads(files["spellings.json"])),
            index=index.opened({name.removeprefix("whoosh/"): held for name, held in files.items() if name.startswith("whoosh/")}),
        )
    except EditionError:
        raise
    except Exception as error:  # whatever is wrong with it, it is no edition that can be served
        raise EditionError(f"{place} cannot be read: {error!r}") from error


def _whole(path: Path, expected: str) -> bytes:
    held = path.read_bytes()
    if hashlib.sha256(held).hexdigest() != expected:
        raise EditionError(f"{path} is damaged")
    return held
