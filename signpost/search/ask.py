"""Ask an edition a query: which entries, in what order, with what counts. The last step of every search."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from whoosh import query as whoosh_query
from whoosh import scoring
from whoosh.collectors import TopCollector, WrappingCollector
from whoosh.searching import Searcher

from signpost.model import Entry, Found, Hit, Match, Query, Why
from signpost.search import rank
from signpost.search.edition import Edition
from signpost.search.index import parts_of
from signpost.search.lexicon import key_of, one_word
from signpost.search.passages import best_sections, extract, passage, share_together
from signpost.search.plan import Clause, Plan, corrected, plan
from signpost.search.typed import Typed, parse
from signpost.vocabulary import FACETS

POOL = 60
"""Best matches that are put in order with care; those after them keep the order of their words alone."""
FEW = 10
"""Fewer results than this are filled up with the nearest: entries that hold most of what was asked."""

_weighting = scoring.BM25F(B=0.0, K1=4.0)  # lengths were weighed when the index was built
_threads = threading.local()


def search(edition: Edition, query: Query) -> Found:
    """One page of results and the counts of every filter. Any text is a valid query."""
    typed = parse(query.q)
    better = corrected(query.q, typed, edition.lexicon, edition.speller)
    run_better = bool(better) and not query.exact
    asked = _Asked(edition, parse(better) if run_better else typed, query)
    matched = asked.matched
    places = asked.in_order()
    shown = matched & asked.filtered
    total = shown.bit_count()
    page = query.page if (query.page - 1) * query.per_page < total else 1
    start = (page - 1) * query.per_page
    return Found(
        query=replace(query, page=page),
        total=total,
        hits=tuple(asked.hit(scored) for scored in places[start : start + query.per_page]),
        counts=_counts(edition, matched, asked.filters),
        unfiltered=matched.bit_count(),
        complete=(asked.complete & asked.filtered).bit_count(),
        also_searched=asked.plan.also_searched,
        did_you_mean=better,
        corrected=run_better,
        nation_named=asked.plan.nation,
    )


def _counts(edition: Edition, matched: int, filters: dict[str, int]) -> dict[str, dict[str, int]]:
    """For every value of every filter: how many results it would give, the other filters staying as they are."""
    counts = {}
    for facet in FACETS:
        rest = _intersection(matched, (mask for other, mask in filters.items() if other != facet))
        counts[facet] = {value: (rest & mask).bit_count() for value, mask in edition.masks[facet].items()}
    return counts


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _intersection(mask: int, others: Iterable[int]) -> int:
    for other in others:
        mask &= other
    return mask


def _places(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class _Scored:
    """An entry's place, its final score, and how it came about."""

    place: int
    score: float
    words: float = 0.0
    factors: tuple[tuple[str, float], ...] = ()


class _Asked:
    """One query put to the index of one edition."""

    def __init__(self, edition: Edition, typed: Typed, query: Query) -> None:
        self.edition = edition
        self.typed = typed
        self.query = query
        self.searcher = _searcher(edition)
        self.plan: Plan = plan(typed, edition.lexicon, edition.speller, self._rarity, query.exact)
        self.filters = {
            facet: _union(edition.masks[facet].get(value, 0) for value in getattr(query, facet))
            for facet in FACETS
            if getattr(query, facet)
        }
        self.filtered = _intersection(edition.everything, self.filters.values())
        self.complete = 0
        self.scores: dict[int, float] = {}
        self.matched = self._match()

    def _rarity(self, word: str) -> float:
        return float(self.searcher.idf("text", word))

    # What matches

    def _match(self) -> int:
        """The mask of the results: all that hold what was asked, filled up with the nearest when they are few."""
        if self.typed.is_empty:
            self.complete = self.edition.everything
            return self.complete
        allowed = self.edition.everything & ~self._mask(whoosh_query.Or([_term(word) for word in self.typed.excluded]))
        if not (self.plan.clauses or self.typed.handle):
            self.complete = allowed
            return allowed
        handles = self._handles() & allowed
        self.complete = (self._collect(self._whole_query(), allowed) | handles) & allowed
        if self.complete.bit_count() >= FEW or handles or len(self.plan.required) < 2:
            return self.complete
        return self.complete | self._nearest(allowed & ~self.complete, FEW - self.complete.bit_count())

    def _handles(self) -> int:
        handle = self.typed.handle
        return _union(places for known, places in self.edition.handles.items() if handle in known) if handle else 0

    def _whole_query(self) -> whoosh_query.Query:
        """Every required clause and phrase; minor clauses only add to the score."""
        required = [_clause_query(clause) for clause in self.plan.required]
        required += [whoosh_query.Phrase("text", list(phrase)) for phrase in self.typed.phrases]
        minor = [_clause_query(clause) for clause in self.plan.clauses if clause.is_minor and clause not in self.plan.required]
        whole = whoosh_query.And(required)
        return whoosh_query.AndMaybe(whole, whoosh_query.Or(minor)) if minor else whole

    def _nearest(self, allowed: int, most: int) -> int:
        """The best entries among those that hold most of the clauses."""
        masks = [self._mask(_clause_query(clause)) & allowed for clause in self.plan.required]
        near = 0
        for level in _levels(masks):
            near |= level
            if near.bit_count() >= most:
                break
        self._collect(whoosh_query.Or([_clause_query(clause) for clause in self.plan.clauses]), near)
        best = sorted(_places(near), key=lambda place: -self.scores.get(place, 0.0))[:POOL]
        best = sorted(best, key=lambda place: -self._rescored(place).score)[:most]
        return _union(1 << place for place in best)

    def _mask(self, query: whoosh_query.Query) -> int:
        return _union(1 << place for place in query.docs(self.searcher))

    def _collect(self, query: whoosh_query.Query, allowed: int) -> int:
        """Run a query once: return the mask of what matches, and keep the scores of what is allowed and passes the filters."""
        collector = _Noting(allowed & self.filtered if self.query.order == "relevance" else 0, max(POOL, self._wanted_places()))
        self.searcher.search_with_collector(query, collector)
        self.scores |= {place: score for score, place in collector.results().top_n}
        return collector.seen

    def _wanted_places(self) -> int:
        return self.query.page * self.query.per_page

    # In what order

    def in_order(self) -> list[_Scored]:
        """The results that pass the filters, in the order asked for, as far as the page needs them."""
        shown = self.matched & self.filtered
        if self.query.order != "relevance" or not (self.plan.clauses or self.typed.handle):
            return [_Scored(place, 0.0) for place in self.edition.orders[self.query.order] if shown >> place & 1]
        scored = sorted(_places(shown), key=lambda place: -self.scores.get(place, 0.0))
        first = [self._rescored(place) for place in scored if self._is_named(place) or place in self.scores][: POOL * 2]
        taken = {one.place for one in first}
        rest = [_Scored(place, self.scores.get(place, 0.0)) for place in scored if place not in taken]
        return sorted(first, key=lambda one: (-one.score, one.place)) + rest

    def _rescored(self, place: int) -> _Scored:
        """The score of an entry once everything but its words is taken into account."""
        entry = self.edition.entries[place]
        words = self.scores.get(place, 0.0)
        factors = {
            "standing": rank.standing_factor(entry, self._years),
            "nation": rank.nation_factor(entry, self.plan.nation),
            "together": rank.together_factor(share_together(entry, self._wanted, self.edition.lexicon.words)),
            "missing": rank.missing_factor(self._held(place)),
        }
        score = words
        for factor in factors.values():
            score *= factor
        if self._is_named(place):
            score += rank.EXACT_NAME
            factors["named"] = rank.EXACT_NAME
        return _Scored(place, score, words, tuple((name, factor) for name, factor in factors.items() if factor != 1.0))

    @cached_property
    def _years(self) -> frozenset[str]:
        return frozenset(word.text for word in self.typed.words if word.text.isdecimal() and len(word.text) == 4)

    @cached_property
    def _wanted(self) -> list[frozenset[str]]:
        """For each required clause, the indexed words that answer it."""
        return [frozenset((one_word(tuple(w.text for w in c.words)), *(other for other, _, _ in c.others))) for c in self.plan.required]

    @cached_property
    def _marked(self) -> frozenset[str]:
        """Every indexed word that extracts mark."""
        return frozenset(w.text for clause in self.plan.required for w in clause.words).union(*self._wanted)

    @cached_property
    def _named(self) -> frozenset[int]:
        """The places of entries whose title or alias is what was typed, with or without its minor words."""
        names = {one_word(key_of(self.query.q)), " ".join(w.text for w in self.typed.words)}
        names.add(" ".join(w.text for clause in self.plan.required for w in clause.words))
        return frozenset(place for name in names for place in self.edition.names.get(name, ()))

    def _is_named(self, place: int) -> bool:
        handle = self.typed.handle
        return place in self._named or bool(handle and self.edition.handles.get(handle, 0) >> place & 1)

    def _missing(self, place: int) -> list[Clause]:
        """The required clauses that an entry does not meet."""
        if self.complete >> place & 1:
            return []
        return [clause for clause, mask in self._clause_masks if not mask >> place & 1]

    def _held(self, place: int) -> float:
        """The part of what was asked, weighed by rarity, that an entry holds."""
        missing = self._missing(place)
        if not missing:
            return 1.0
        whole = sum(self._clause_rarity(clause) for clause in self.plan.required)
        return 1 - sum(self._clause_rarity(clause) for clause in missing) / whole

    def _clause_rarity(self, clause: Clause) -> float:
        return max(self._rarity(word.text) for word in clause.words)

    @cached_property
    def _clause_masks(self) -> list[tuple[Clause, int]]:
        return [(clause, self._mask(_clause_query(clause))) for clause in self.plan.required]

    # What is shown

    def hit(self, scored: _Scored) -> Hit:
        """A result: its extract, its best sections, what it lacks, and why it is here."""
        entry = self.edition.entries[scored.place]
        read = self.edition.lexicon.words
        sections = best_sections(entry, self._wanted, read)
        return Hit(
            entry=entry,
            score=round(scored.score, 3),
            highlight=extract(entry.summary, self._marked, read),
            passages=tuple(passage(section, self._marked, read) for _, section in sections),
            missing=tuple(clause.shown for clause in self._missing(scored.place)),
            why=Why(tuple(self._matches(entry)), round(scored.words, 3), dict(scored.factors)) if self.plan.clauses else None,
        )

    def _matches(self, entry: Entry) -> Iterator[Match]:
        """Which part of an entry holds which word, and what was typed for it."""
        typed_for = {one_word(tuple(w.text for w in clause.words)): (clause.shown, clause.shown) for clause in self.plan.clauses}
        typed_for |= {other: (shown, clause.shown) for clause in self.plan.clauses for other, shown, _ in clause.others}
        for part, texts in parts_of(entry, self.edition.labels).items():
            held = [word.text for text in texts for word in self.edition.lexicon.words(text)]
            for word, (shown, typed) in typed_for.items():
                if count := held.count(word):
                    yield Match(part, shown, typed, count)


def _term(word: str, weight: float = 1.0) -> whoosh_query.Query:
    return whoosh_query.Term("text", word, boost=weight)


def _clause_query(clause: Clause) -> whoosh_query.Query:
    """The typed words, or any synonym in their place."""
    words = [_term(word.text) for word in clause.words]
    together = [_term(one_word(tuple(word.text for word in clause.words)), 0.5)] if len(words) > 1 else []
    others = [_term(other, weight) for other, _, weight in clause.others]
    typed = whoosh_query.And(words) if len(words) > 1 else words[0]
    return whoosh_query.Or([typed, *together, *others]) if together or others else typed


def _levels(masks: list[int]) -> list[int]:
    """The entries that hold all but one of some clauses, all but two, and so on down to one."""
    holding = [-1] + [0] * len(masks)
    for mask in masks:
        for level in range(len(masks), 0, -1):
            holding[level] |= holding[level - 1] & mask
    return holding[:0:-1]


class _Noting(WrappingCollector):  # type: ignore[misc]
    """Note everything that matches; score only the entries of a mask."""

    def __init__(self, scored: int, limit: int) -> None:
        super().__init__(TopCollector(limit=limit, usequality=False, replace=0))
        self.scored = scored
        self.places: list[int] = []

    def collect_matches(self) -> None:
        for number in self.matches():
            place = self.offset + number
            self.places.append(place)
            if self.scored >> place & 1:
                self.collect(number)

    @property
    def seen(self) -> int:
        """The mask of everything that matched."""
        return _union(1 << place for place in self.places)


def _searcher(edition: Edition) -> Searcher:
    """One searcher a thread: Whoosh gives wrong answers when threads share one."""
    if getattr(_threads, "edition", None) is not edition:
        _threads.edition = edition
        _threads.searcher = edition.index.searcher(weighting=_weighting)
    searcher: Searcher = _threads.searcher
    return searcher
