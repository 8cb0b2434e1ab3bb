"""Ask an edition a query: which entries, in what order, with what counts. The last step of every search."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from whoosh import query as whoosh_query
from whoosh import scoring
from whoosh.collectors import TopCollector, WrappingCollector
from whoosh.searching import Searcher

from signpost.model import Found, Hit, Query
from signpost.search.edition import Edition, name_key
from signpost.search.passages import best_passages, extract
from signpost.search.typed import Typed, parse
from signpost.vocabulary import FACETS

STANDING = {
    "current": 1.0,
    "unknown": 0.8,  # may be all there is, but what we know to be current comes first
    "draft": 0.6,  # never in force
    "superseded": 0.6,  # replaced: its successor should be above it
    "withdrawn": 0.5,
    "defunct": 0.5,
}
"""What a score is multiplied by, unless the words name that very entry."""
EXACT_NAME = 1000.0
"""Added when the words are a title, alias, number or address of the entry: nothing else can come first."""
_weighting = scoring.BM25F(B=0.0, K1=1.2)  # lengths were weighed when the index was built
_threads = threading.local()


def search(edition: Edition, query: Query) -> Found:
    """One page of results and the counts of every filter. Any text is a valid query."""
    typed = parse(query.q)
    asked = _Asked(edition, typed)
    matched, partial = asked.matched()
    filters = {facet: _union(edition.masks[facet], getattr(query, facet)) for facet in FACETS if getattr(query, facet)}
    shown = _intersection(matched, filters.values())
    places = asked.ranked(shown, partial) if typed.words or typed.handle else None
    if places is None or query.order != "relevance":
        places = [(place, 0.0) for place in edition.orders[query.order] if shown >> place & 1]
    total = shown.bit_count()
    page = query.page if (query.page - 1) * query.per_page < total else 1
    start = (page - 1) * query.per_page
    wanted = asked.wanted
    hits = tuple(_hit(edition, place, score, wanted) for place, score in places[start : start + query.per_page])
    return Found(
        query=replace(query, page=page),
        total=total,
        hits=hits,
        counts=_counts(edition, matched, filters),
        unfiltered=matched.bit_count(),
        partial=partial,
    )


def _union(masks: dict[str, int], values: Iterable[str]) -> int:
    mask = 0
    for value in values:
        mask |= masks.get(value, 0)
    return mask


def _intersection(mask: int, others: Iterable[int]) -> int:
    for other in others:
        mask &= other
    return mask


def _counts(edition: Edition, matched: int, filters: dict[str, int]) -> dict[str, dict[str, int]]:
    """For every value of every filter: how many results it would give, the other filters staying as they are."""
    counts = {}
    for facet in FACETS:
        rest = _intersection(matched, (mask for other, mask in filters.items() if other != facet))
        counts[facet] = {value: (rest & mask).bit_count() for value, mask in edition.masks[facet].items()}
    return counts


def _hit(edition: Edition, place: int, score: float, wanted: frozenset[str]) -> Hit:
    entry = edition.entries[place]
    return Hit(entry, round(score, 3), extract(entry.summary, wanted), best_passages(entry, wanted))


class _Asked:
    """One query put to the index of one edition."""

    def __init__(self, edition: Edition, typed: Typed) -> None:
        self.edition = edition
        self.typed = typed
        self.searcher = _searcher(edition)
        self.wanted = frozenset(word.text for word in typed.words)
        self.named = frozenset(edition.names.get(name_key(" ".join(w.shown for w in typed.words)), ()))

    def matched(self) -> tuple[int, bool]:
        """The mask of entries that hold all the words, or, when none does, most of them; and whether it is the latter."""
        if self.typed.is_empty:
            return self.edition.everything, False
        allowed = self.edition.everything & ~self._holding_any(self.typed.excluded)
        if not (self.typed.words or self.typed.handle):
            return allowed, False
        parts = [whoosh_query.Term("text", word.text) for word in self.typed.words]
        phrases = [whoosh_query.Phrase("text", list(phrase)) for phrase in self.typed.phrases]
        mask = (self._mask(whoosh_query.And(parts + phrases)) | self._handles()) & allowed
        if mask:
            return mask, False
        return _nearest([self._mask(part) & allowed for part in parts]), True

    def _handles(self) -> int:
        mask = 0
        if self.typed.handle:
            for handle, places in self.edition.handles.items():
                if self.typed.handle in handle:
                    mask |= places
        return mask

    def _holding_any(self, words: Iterable[str]) -> int:
        return self._mask(whoosh_query.Or([whoosh_query.Term("text", word) for word in words]))

    def _mask(self, query: whoosh_query.Query) -> int:
        mask = 0
        for place in query.docs(self.searcher):
            mask |= 1 << place
        return mask

    def ranked(self, shown: int, partial: bool) -> list[tuple[int, float]]:
        """The shown places, best first, with their scores."""
        terms = [whoosh_query.Term("text", word.text) for word in (*self.typed.words, *self.typed.minor)]
        collector = _Only(shown, TopCollector(limit=max(1, shown.bit_count()), usequality=False, replace=0))
        self.searcher.search_with_collector(whoosh_query.Or(terms), collector)
        scores = dict(_items(collector.results()))
        scored = [(place, self._score(place, scores.get(place, 0.0))) for place in _places(shown)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def _score(self, place: int, score: float) -> float:
        entry = self.edition.entries[place]
        if place in self.named or self._is_handle(place):
            return score + EXACT_NAME
        return score * STANDING[entry.status]

    def _is_handle(self, place: int) -> bool:
        return bool(self.typed.handle) and bool(self.edition.handles.get(self.typed.handle, 0) >> place & 1)


class _Only(WrappingCollector):  # type: ignore[misc]
    """Score only the entries of a mask."""

    def __init__(self, mask: int, child: Any) -> None:
        super().__init__(child)
        self.mask = mask

    def collect_matches(self) -> None:
        for place in self.matches():
            if self.mask >> (self.offset + place) & 1:
                self.collect(place)


def _items(results: Any) -> Iterator[tuple[int, float]]:
    for score, place in results.top_n:
        yield place, score


def _places(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _nearest(masks: list[int]) -> int:
    """The entries that hold as many of the words as any entry does."""
    levels = [0] * (len(masks) + 1)
    for mask in masks:
        for level in range(len(masks), 0, -1):
            levels[level] |= (levels[level - 1] if level > 1 else -1) & mask
    return next((level for level in reversed(levels[1:]) if level), 0)


def _searcher(edition: Edition) -> Searcher:
    """One searcher a thread: Whoosh gives wrong answers when threads share one."""
    if getattr(_threads, "edition", None) is not edition:
        _threads.edition = edition
        _threads.searcher = edition.index.searcher(weighting=_weighting)
    searcher: Searcher = _threads.searcher
    return searcher
