"""Two plain searches to measure ours against, over the same entries: Whoosh as it comes, and SQLite FTS5 with bm25."""

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from whoosh import fields
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import MultifieldParser

from signpost.model import Entry, Query
from signpost.vocabulary import facet_values


def body_of(entry: Entry) -> str:
    """All the text of an entry but its title."""
    parts = [*entry.aliases, entry.summary, *(f"{s.heading} {s.text}" for s in entry.sections)]
    parts += [f"{c.name} {c.phone} {c.email} {c.address}" for c in entry.contacts] + [link.url for link in entry.links]
    return "\n".join(parts)


def passes(entry: Entry, query: Query) -> bool:
    """Whether an entry passes the filters of a query."""
    values = facet_values(entry).items()
    return all(not getattr(query, facet) or set(getattr(query, facet)) & set(having) for facet, having in values)


class PlainWhoosh:
    """MultifieldParser over title and body, with Whoosh's own defaults."""

    name = "plain Whoosh"

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = {entry.slug: entry for entry in entries}
        schema = fields.Schema(slug=fields.ID(stored=True), title=fields.TEXT, body=fields.TEXT)
        self.index = RamStorage().create_index(schema)
        writer = self.index.writer()
        for entry in entries:
            writer.add_document(slug=entry.slug, title=entry.title, body=body_of(entry))
        writer.commit()
        self.searcher = self.index.searcher()
        self.parser = MultifieldParser(["title", "body"], schema)

    def find(self, query: Query) -> list[str]:
        """Slugs, best first."""
        hits = self.searcher.search(self.parser.parse(query.q), limit=None)
        return [hit["slug"] for hit in hits if passes(self.entries[hit["slug"]], query)]


class PlainFts5:
    """SQLite's full-text search with porter stemming, all words, ranked by bm25."""

    name = "SQLite FTS5"

    def __init__(self, entries: Sequence[Entry], path: Path | str = ":memory:") -> None:
        self.entries = {entry.slug: entry for entry in entries}
        self.database = sqlite3.connect(path)
        self.database.execute("CREATE VIRTUAL TABLE entry USING fts5(slug UNINDEXED, title, body, tokenize='porter unicode61')")
        self.database.executemany("INSERT INTO entry VALUES (?, ?, ?)", [(e.slug, e.title, body_of(e)) for e in entries])
        self.database.commit()
        self.slugs = [entry.slug for entry in entries]
        self.masks: dict[tuple[str, str], int] = {}
        for place, entry in enumerate(entries):
            for key in ((facet, value) for facet, having in facet_values(entry).items() for value in having):
                self.masks[key] = self.masks.get(key, 0) | 1 << place

    @staticmethod
    def match(q: str) -> str:
        """Words as FTS5 wants them: quoted, so that no mark is an operator."""
        return " ".join(f'"{word}"' for word in re.findall(r"\w+", q))

    def page(self, match: str, limit: int = 20) -> tuple[list[tuple[str, str]], dict[tuple[str, str], int]]:
        """The same work as our results page: the best with highlighted snippets, and the count of every filter's values."""
        top = "SELECT slug, snippet(entry, 2, '<mark>', '</mark>', '…', 30) FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT ?"
        hits = self.database.execute(top, [match, limit]).fetchall()
        mask = 0
        for (rowid,) in self.database.execute("SELECT rowid FROM entry WHERE entry MATCH ?", [match]):
            mask |= 1 << (rowid - 1)
        return hits, {key: (mask & having).bit_count() for key, having in self.masks.items()}

    def find(self, query: Query) -> list[str]:
        """Slugs, best first."""
        if not (match := self.match(query.q)):
            return []
        rows = self.database.execute("SELECT slug FROM entry WHERE entry MATCH ? ORDER BY bm25(entry)", [match])
        return [slug for (slug,) in rows if passes(self.entries[slug], query)]
