"""Ask an edition a query: which entries, in what order, with what counts. The last step of every search."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from operator import neg

from signpost.currency import earliest
from signpost.model import Entry, Found, Hit, Match, Query, Why
from signpost.search import rank
from signpost.search.edition import Edition
from signpost.search.lexicon import key_of, one_word
from signpost.search.passages import EntryWords, best_sections, extract, passage, share_together
from signpost.search.plan import Clause, corrected, plan
from signpost.search.postings import Posting, all_of, any_of, mask_of, places_in
from signpost.search.typed import Typed, parse
from signpost.vocabulary import FACETS

POOL = 50
"""Best matches that are put in order with care; those after them keep the order of their words alone."""
FEW = 10
"""Fewer results than this are filled up with the nearest: entries that hold most of what was asked."""


def search(edition: Edition, query: Query) -> Found:
    """One page of results and the counts of every filter. Any text is a valid query."""
    asked, better, run_better = _ask(edition, query)
    total = asked.shown.bit_count()
    page = query.page if (query.page - 1) * query.per_page < total else 1
    start = (page - 1) * query.per_page
    return Found(
        query=replace(query, page=page),
        total=total,
        hits=tuple(asked.hit(scored) for scored in asked.in_order(start + query.per_page)[start:]),
        counts=_counts(edition, asked.matched, asked.filters),
        unfiltered=asked.matched.bit_count(),
        complete=(asked.complete & asked.shown).bit_count(),
        also_searched=asked.plan.also_searched,
        did_you_mean=better,
        corrected=run_better,
        nation_named=asked.plan.nation,
    )


def entries_found(edition: Edition, query: Query) -> list[Entry]:
    """Every entry that a query finds, in its order: no pages, extracts or counts."""
    asked, _, _ = _ask(edition, query)
    return [edition.entries[scored.place] for scored in asked.in_order(asked.shown.bit_count())]


def _ask(edition: Edition, query: Query) -> tuple["_Asked", str, bool]:
    """The query put to the index, what it should have been if it is misspelt, and whether that was put instead."""
    typed = parse(query.q)
    better = corrected(query.q, typed, edition.lexicon, edition.speller)
    run_better = bool(better) and not query.exact
    return _Asked(edition, parse(better) if run_better else typed, query), better, run_better


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
        self.plan = plan(typed, edition.lexicon, edition.speller, edition.postings.rarity, query.exact)
        self.answers = {clause: self._answer(clause) for clause in self.plan.clauses}
        ticked = [facet for facet in FACETS if getattr(query, facet)]
        self.filters = {facet: _union(edition.masks[facet].get(value, 0) for value in getattr(query, facet)) for facet in ticked}
        self.complete = self._complete()
        self.matched = self.complete | self._nearest()
        self.shown = _intersection(self.matched, self.filters.values())

    # What matches

    def _answer(self, clause: Clause) -> Posting:
        """The typed words, or any synonym in their place. A term with everyday words in it ('not allowed out') counts as a whole only."""
        of = self.edition.postings.of
        ways = [of(other).times(weight) for other, _, weight in clause.others]
        ways.append(of(clause.text))
        if len(clause.words) > 1 and not any(word.is_minor for word in clause.words):
            ways.append(all_of(of(word.text) for word in clause.words))
        return any_of(ways)

    @cached_property
    def _allowed(self) -> int:
        """Every entry without an excluded word, and current on the day asked for."""
        then = self.edition.current_on(earliest(self.query.as_at)) if self.query.as_at else self.edition.everything
        return then & ~_union(self.edition.postings.of(word).mask for word in self.typed.excluded)

    def _complete(self) -> int:
        """The mask of entries that hold all that was asked, or whose number or address it is."""
        if not (self.plan.clauses or self.typed.handle):
            return self._allowed
        words = _intersection(self._allowed, (self.answers[clause].mask for clause in self.plan.required)) if self.plan.clauses else 0
        words = _intersection(words, (self.edition.postings.phrase(phrase) for phrase in self.typed.phrases))
        return words | (self._handles & self._allowed)

    @cached_property
    def _handles(self) -> int:
        handle = self.typed.handle
        return _union(places for known, places in self.edition.handles.items() if handle in known) if handle else 0

    def _nearest(self) -> int:
        """When few hold all that was asked: the best of those that hold most of it."""
        wanted = FEW - self.complete.bit_count()
        if wanted <= 0 or self._handles or len(self.plan.required) < 2:
            return 0
        near = 0
        for level in _levels([self.answers[clause].mask & self._allowed & ~self.complete for clause in self.plan.required]):
            near |= level
            if near.bit_count() >= wanted:
                break
        candidates = [self._rescored(place, words) for place, words in self._best(near, wanted * 3)]
        return _union(1 << one.place for one in heapq.nlargest(wanted, candidates, key=lambda one: one.score))

    # In what order

    def in_order(self, most: int) -> list[_Scored]:
        """The first of the results, in the order asked for."""
        if self.query.order != "relevance" or not (self.plan.clauses or self.typed.handle):
            return [_Scored(place, 0.0) for place in self.edition.orders[self.query.order] if self.shown >> place & 1][:most]
        first = [*self._best(self.shown & self._named, POOL), *self._best(self.shown & ~self._named, max(POOL, most))]
        careful = sorted((self._rescored(*pair) for pair in first[:POOL]), key=lambda one: (-one.score, one.place))
        return [*careful, *(_Scored(place, words, words) for place, words in first[POOL:])][:most]

    def _best(self, mask: int, most: int) -> list[tuple[int, float]]:
        """The entries of a mask whose words score best, with those scores."""
        places = list(places_in(mask))
        scores = (map(answer.scores.get, places, repeat(0.0)) for answer in self.answers.values())
        sums = map(sum, zip(repeat(0.0, len(places)), *scores, strict=True))
        return [(-place, score) for score, place in heapq.nlargest(most, zip(sums, map(neg, places), strict=True))]

    def _rescored(self, place: int, words: float) -> _Scored:
        """The score of an entry once everything but its words is taken into account."""
        entry = self.edition.entries[place]
        factors = {
            "standing": 1.0 if self.query.as_at else rank.standing_factor(entry, self._years),
            "nation": rank.nation_factor(entry, self.plan.nation),
            "together": rank.together_factor(share_together(self.edition.words_of(place), self._wanted)),
            "missing": rank.missing_factor(self._held(place)),
        }
        score = words
        for factor in factors.values():
            score *= factor
        if self._named >> place & 1:
            score += rank.EXACT_NAME
            factors["named"] = rank.EXACT_NAME
        return _Scored(place, score, words, tuple((name, factor) for name, factor in factors.items() if factor != 1.0))

    @cached_property
    def _years(self) -> frozenset[str]:
        return frozenset(word.text for word in self.typed.words if word.text.isdecimal() and len(word.text) == 4)

    @cached_property
    def _wanted(self) -> list[frozenset[str]]:
        """For each required clause, the indexed words that answer it."""
        return [frozenset((c.text, *(other for other, _, _ in c.others))) for c in self.plan.required]

    @cached_property
    def _marked(self) -> frozenset[str]:
        """Every indexed word that extracts mark."""
        return frozenset(w.text for clause in self.plan.required for w in clause.words).union(*self._wanted)

    @cached_property
    def _named(self) -> int:
        """The mask of entries whose title, alias, number or address is what was typed, with or without its minor words."""
        names = {one_word(key_of(self.query.q)), " ".join(w.text for w in self.typed.words)}
        names.add(" ".join(clause.text for clause in self.plan.required))
        places = (place for name in names for place in self.edition.names.get(name, ()))
        return mask_of(places) | self.edition.handles.get(self.typed.handle, 0)

    def _missing(self, place: int) -> list[Clause]:
        """The required clauses that an entry does not meet."""
        if self.complete >> place & 1:
            return []
        return [clause for clause in self.plan.required if not self.answers[clause].mask >> place & 1]

    def _held(self, place: int) -> float:
        """The part of what was asked, weighed by rarity, that an entry holds."""
        if not (missing := self._missing(place)):
            return 1.0
        return 1 - sum(map(self._rarity, missing)) / sum(map(self._rarity, self.plan.required))

    def _rarity(self, clause: Clause) -> float:
        return max(self.edition.postings.rarity(word.text) for word in clause.words)

    # What is shown

    def hit(self, scored: _Scored) -> Hit:
        """A result: its extract, its best sections, what it lacks, and why it is here."""
        entry, words = self.edition.entries[scored.place], self.edition.words_of(scored.place)
        read = self.edition.lexicon.words
        return Hit(
            entry=entry,
            score=round(scored.score, 3),
            highlight=extract(entry.summary, self._marked, read),
            passages=tuple(passage(section, self._marked, read) for section in best_sections(entry, words, self._wanted)),
            missing=tuple(clause.shown for clause in self._missing(scored.place)),
            why=Why(tuple(self._matches(words)), round(scored.words, 3), dict(scored.factors)) if self.plan.clauses else None,
        )

    def _matches(self, words: EntryWords) -> Iterator[Match]:
        """Which part of an entry holds which word, and what was typed for it."""
        typed_for = {clause.text: (clause.shown, clause.shown) for clause in self.plan.clauses}
        typed_for |= {other: (shown, clause.shown) for clause in self.plan.clauses for other, shown, _ in clause.others}
        for part, held in words.parts.items():
            for word, (shown, typed) in typed_for.items():
                if count := held.get(word):
                    yield Match(part, shown, typed, count)


def _levels(masks: list[int]) -> list[int]:
    """The entries that hold all of some clauses, all but one, and so on down to one."""
    holding = [-1] + [0] * len(masks)
    for mask in masks:
        for level in range(len(masks), 0, -1):
            holding[level] |= holding[level - 1] & mask
    return holding[:0:-1]
