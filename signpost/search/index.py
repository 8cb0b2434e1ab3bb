"""Entries → a Whoosh index. Knows how much each part of an entry weighs; knows nothing of readers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from whoosh import fields, formats
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import FileIndex

from signpost.model import Entry
from signpost.search.lexicon import Lexicon
from signpost.search.words import Word, handle_of, paragraph_numbers

WEIGHTS: dict[str, tuple[float, float]] = {
    # part: (weight of each word, how far a long part dilutes it: 0 not at all, 1 in proportion)
    "title": (9.0, 0.3),  # what the resource calls itself; readers often type part of it
    "aliases": (8.0, 0.3),  # acronyms, old names and lay words that its authors expect to be typed
    "asked": (2.0, 0.1),  # plain words for which its authors say it is the answer
    "summary": (3.0, 0.6),  # what it is for, chosen by its author
    "headings": (3.0, 0.6),  # each names what a section answers
    "contacts": (2.0, 0.5),  # names of helplines and offices, and when to use them
    "publisher": (1.5, 0.3),  # 'CPS guidance', 'Home Office form'
    "topics": (1.5, 0.5),  # the vocabulary's own labels, which are plain words
    "standing": (1.0, 0.5),  # says what replaced it
    "text": (0.5, 0.75),  # the sections themselves: much text, so each word says less
}
"""Ranking in one table: change a number, rebuild, and run scripts/evaluate_search.py."""

Progress = Callable[[int, int], None]


class Weighed(formats.Frequency):  # type: ignore[misc]
    """Postings of words that were weighed already: BM25F's sum over the parts of an entry, made at build time."""

    def word_values(self, value: Any, analyzer: Any, **options: Any) -> Iterator[tuple[str, int, float, bytes]]:
        """Whoosh asks for (word, how often, weight, data) of a document; a list of pairs gives them."""
        weights: dict[str, float] = {}
        for text, weight in value:
            weights[text] = weights.get(text, 0.0) + weight
        for text, weight in weights.items():
            yield text, 1, weight, b""


def schema() -> fields.Schema:
    """One document an entry, in the order of the edition, so that a document's number is its entry's."""
    text = fields.TEXT()
    text.format = Weighed()
    return fields.Schema(text=text)


def parts_of(entry: Entry, labels: dict[str, str]) -> dict[str, list[str]]:
    """The text of an entry by part. `labels` gives the plain words for topics and needs."""
    contacts = [f"{c.name} {c.note} {' '.join(labels.get(need, need) for need in c.needs)}" for c in entry.contacts]
    numbers = [f"{c.phone} {c.email}" for c in entry.contacts]
    return {
        "title": [entry.title],
        "aliases": list(entry.aliases),
        "asked": list(entry.asked),
        "summary": [entry.summary],
        "headings": [section.heading for section in entry.sections],
        "contacts": contacts + numbers,
        "publisher": [entry.publisher],
        "topics": [labels.get(topic, topic) for topic in entry.topics],
        "standing": [entry.standing, *entry.extent.values()],
        "text": [f"{' '.join(paragraph_numbers(section.paragraphs))} {section.text}" for section in entry.sections],
    }


def handles_of(entry: Entry) -> list[str]:
    """Every number, e-mail and web address of an entry, in the form in which they are compared."""
    raw = [value for c in entry.contacts for value in (c.phone, c.email) if value] + [link.url for link in entry.links]
    return [handle_of(value).replace(" ", "") for value in raw]


def build(folder: Path, entries: Sequence[Entry], labels: dict[str, str], lexicon: Lexicon, progress: Progress) -> None:
    """Write the index of some entries into an empty folder, as one segment that keeps their order."""
    texts = [{part: [lexicon.words(t) for t in ts] for part, ts in parts_of(entry, labels).items()} for entry in entries]
    average = {part: max(1.0, sum(len(ws) for t in texts for ws in t[part]) / max(1, len(texts))) for part in WEIGHTS}
    index: FileIndex = FileStorage(str(folder)).create_index(schema())
    with index.writer(limitmb=1024, compound=False) as writer:
        for number, parts in enumerate(texts, start=1):
            writer.add_document(text=list(_weighed(parts, average)))
            progress(number, len(entries))
    index.close()
    folder.joinpath("MAIN_WRITELOCK").unlink()


class _Held(RamStorage):  # type: ignore[misc]
    """Files in memory, as Whoosh reads them."""

    def open_file(self, name: str, **options: Any) -> BufferFile:
        """A file that shares the bytes held; Whoosh's own way would copy them for each reader."""
        return BufferFile(self.files[name], name=name, **options)


def opened(files: Mapping[str, bytes]) -> FileIndex:
    """The index that was written to some files, each by its name."""
    held = _Held()
    held.files.update(files)
    return held.open_index()


def _weighed(parts: dict[str, list[Any]], average: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Every word of an entry, and every two in a row, with its weight in that part."""
    for part, (weight, dilution) in WEIGHTS.items():
        length = sum(len(words) for words in parts[part])
        share = weight / (1 - dilution + dilution * length / average[part])
        for words in parts[part]:
            yield from ((word.text, share) for word in words)
            yield from ((pair, share) for pair in pairs_in(words))


def pairs_in(words: Sequence[Word]) -> Iterator[str]:
    """Every two words that stand in a row, as one. Terms of the vocabulary are in the index as one word already."""
    single = [word for word in words if " " not in word.text]
    for one, other in pairwise(single):
        if other.position == one.position + 1:
            yield f"{one.text} {other.text}"
