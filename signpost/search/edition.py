"""Editions: one built, immutable index each; published whole or not at all, and loaded whole or not at all. Knows no queries."""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from signpost.currency import current_on
from signpost.model import Entry, Guides
from signpost.search import index
from signpost.search.lexicon import Lexicon, key_of, one_word
from signpost.search.passages import EntryWords, read_entry
from signpost.search.postings import Postings, mask_of
from signpost.search.spelling import Speller, count_words
from signpost.search.suggest import Suggester
from signpost.vocabulary import FACETS, Vocabulary, facet_values

FORMAT = 4
"""Raise it when the files of an edition change shape: then old ones are refused instead of misread."""

MOST_READ = 4_000
"""Entries whose words are kept in memory, some 40 KB each."""

_entries = TypeAdapter(list[Entry])
_vocabulary = TypeAdapter(Vocabulary)
_words = TypeAdapter(EntryWords)
_guides = TypeAdapter(Guides)

NO_GUIDES = Guides()


class EditionError(Exception):
    """There is no edition that can be served, or none can be built now. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a build made."""

    id: str
    entries: int
    sections: int
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Edition:
    """A loaded edition. An entry's place in `entries` is its document number in the index and its bit in every mask."""

    id: str
    built: datetime
    entries: tuple[Entry, ...]
    vocabulary: Vocabulary
    guides: Guides
    spellings: Counter[str] = field(repr=False)
    """Every word as its authors wrote it, and how often."""
    folder: Path
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
        return lru_cache(maxsize=MOST_READ)(lambda place: _words.validate_json(self._lines[place]))

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.folder.joinpath("words.jsonl").read_bytes().splitlines()

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


def publish(
    folder: Path, entries: Sequence[Entry], vocabulary: Vocabulary, keep: int, progress: index.Progress, guides: Guides = NO_GUIDES
) -> Published:
    """Build an edition and make it the current one. Raises EditionError when another build runs or the disk refuses."""
    began = time.monotonic()
    try:
        folder.joinpath("editions").mkdir(parents=True, exist_ok=True)
        with _only_build(folder):
            number = 1 + max((int(path.name) for path in _editions(folder)), default=0)
            building = folder / "editions" / ".building"
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir(mode=0o755)
            _write(building, entries, vocabulary, guides, progress)
            final = building.with_name(f"{number:06d}")
            building.rename(final)
            _sync(final.parent)
            _point_to(folder, final)
            _prune(folder, final, keep)
            size = sum(path.stat().st_size for path in final.rglob("*") if path.is_file())
    except OSError as error:
        raise EditionError(f"cannot write the edition: {error}") from error
    return Published(final.name, len(entries), sum(len(e.sections) for e in entries), time.monotonic() - began, size)


@contextmanager
def _only_build(folder: Path) -> Iterator[None]:
    """One build at a time. The system drops the lock of a build that dies."""
    with folder.joinpath("build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EditionError("another build is running; wait for it to end") from error
        yield


def _write(building: Path, entries: Sequence[Entry], vocabulary: Vocabulary, guides: Guides, progress: index.Progress) -> None:
    """All files of an edition, then the list of them with their sums: without that list it is not an edition."""
    building.joinpath("entries.json").write_bytes(_entries.dump_json(list(entries)))
    building.joinpath("vocabulary.json").write_bytes(_vocabulary.dump_json(vocabulary))
    building.joinpath("guides.json").write_bytes(_guides.dump_json(guides))
    whoosh = building / "whoosh"
    whoosh.mkdir()
    lexicon, labels = Lexicon(vocabulary), labels_of(vocabulary)
    index.build(whoosh, entries, labels, lexicon, progress)
    lines = (_words.dump_json(read_entry(entry, labels, lexicon.words)) + b"\n" for entry in entries)
    building.joinpath("words.jsonl").write_bytes(b"".join(lines))
    counts = count_words(text for entry in entries for part in index.parts_of(entry, labels).values() for text in part)
    building.joinpath("spellings.json").write_text(json.dumps(counts), encoding="utf-8")
    files = sorted(path for path in building.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    facts = {
        "format": FORMAT,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "sums": {path.relative_to(building).as_posix(): _sum(path) for path in files},
    }
    for path in files:
        _sync(path)
    building.joinpath("edition.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    _sync(building / "edition.json")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Ask the system to put a file or folder on the disk before we go on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _editions(folder: Path) -> list[Path]:
    return sorted(path for path in folder.joinpath("editions").iterdir() if path.name.isdecimal())


def _point_to(folder: Path, final: Path) -> None:
    """Swap the pointer in one step: a reader sees the old edition or the new one."""
    pointer = folder / ".current"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("editions") / final.name)
    pointer.replace(folder / "current")
    _sync(folder)


def _prune(folder: Path, final: Path, keep: int) -> None:
    """Delete the oldest editions but never the current one, nor one that a reader may just have opened."""
    old = [path for path in _editions(folder) if path != final]
    for path in old[: len(old) - max(keep, 2) + 1]:
        shutil.rmtree(path, ignore_errors=True)


def current_id(folder: Path) -> str:
    """The name of the current edition. Raises EditionError when there is none."""
    try:
        return Path(os.readlink(folder / "current")).name
    except OSError as error:
        raise EditionError(f"there is no edition in {folder}") from error


def load(folder: Path) -> Edition:
    """Load the current edition into memory. Raises EditionError when there is none or any file of it is damaged."""
    place = folder / "editions" / current_id(folder)
    try:
        facts = json.loads(place.joinpath("edition.json").read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise EditionError(f"{place} was built by another version of Signpost")
        for name, expected in facts["sums"].items():
            if _sum(place / name) != expected:
                raise EditionError(f"{place / name} is damaged")
        return Edition(
            id=place.name,
            built=datetime.fromisoformat(facts["built"]),
            entries=tuple(_entries.validate_json(place.joinpath("entries.json").read_bytes())),
            vocabulary=_vocabulary.validate_json(place.joinpath("vocabulary.json").read_bytes()),
            guides=_guides.validate_json(place.joinpath("guides.json").read_bytes()),
            spellings=Counter(json.loads(place.joinpath("spellings.json").read_bytes())),
            folder=place,
            index=FileStorage(str(place / "whoosh")).open_index(),
        )
    except (OSError, ValueError, KeyError) as error:
        raise EditionError(f"{place} cannot be read: {error}") from error
