"""/search, /search.json and /suggest: a reader's address bar → a query → results."""

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from signpost import facets
from signpost.formats import text
from signpost.model import Found, Hit, Query
from signpost.search import entries_found, search
from signpost.search.suggest import Suggestion
from signpost.search.typed import LONGEST
from signpost.vocabulary import FACETS
from signpost.web.browse import first_calls
from signpost.web.changes import Item, feed, whole_day
from signpost.web.entries import answer_as, whole_address
from signpost.web.reading import as_linked, day_asked, edition, printable

pages = Blueprint("search", __name__)

ORDERS = {"relevance": "Best match", "newest": "Newest first", "title": "Title, A to Z"}
FEED = 100
"""Entries that a feed holds."""
MOST_VALUES = 50
"""Values of one filter that are read; more than any filter has."""


@pages.get("/search")
def page() -> str:
    """Results as a page."""
    found = search(edition(), asked(request.args))
    shown = {"filters": filters(found), "ticked": ticked(found), "orders": ORDERS, "link": link}
    shown["bad_day"] = bool(request.args.get("as_at")) and not found.query.as_at
    help_with_nothing = {} if found.total else {"without": list(without(found)), "calls": first_calls(), "near": near_topics(found.query.q)}
    return render_template("search.html", found=found, query=found.query, **shown, **help_with_nothing)


@pages.get("/search.json")
def as_json() -> Response:
    """Results for programs, in the shape that the README documents."""
    found = search(edition(), asked(request.args))
    return jsonify(
        query=asdict(found.query),
        total=found.total,
        complete=found.complete,
        results=[_result(hit) | (_why(hit) if request.args.get("explain") else {}) for hit in found.hits],
        facets={facet: [asdict(choice) for choice in choices] for facet, choices in filters(found).items()},
        also_searched=found.also_searched,
        did_you_mean=found.did_you_mean or None,
        corrected=found.corrected,
    )


@pages.get("/search.csv")
def as_csv() -> Response:
    """Every result, not a page of them, for a spreadsheet."""
    found = map(as_linked, entries_found(edition(), asked(request.args)))
    return answer_as(text.table(found, whole_address), "text/csv", "signpost.csv")


@pages.get("/search.atom")
def as_atom() -> Response:
    """The results as a feed, those that changed last first."""
    query = asked(request.args)
    found = entries_found(edition(), query)
    items = sorted((Item(entry, whole_day(entry.history[0].on)) for entry in found), key=lambda item: item.on, reverse=True)
    title = f"Signpost: {query.q}" if query.q else "Signpost"
    return feed(
        title,
        "search.page",
        items[:FEED],
        **{key: request.args.getlist(key) for key in ("q", *FACETS, "as_at", "exact") if key in request.args},
    )


@pages.get("/suggest")
def suggest() -> Response:
    """Suggestions for what was typed so far; with `format=opensearch` in the form that browsers know."""
    typed = printable(request.args.get("q", ""), LONGEST)
    found = edition().suggester.suggest(typed)
    addresses = [url_for("browse.topic", topic=s.target) if s.kind == "topic" else url_for("entries.entry", slug=s.target) for s in found]
    if request.args.get("format") == "opensearch":
        answer = jsonify([typed, [s.text for s in found], [s.kind for s in found], addresses])
        answer.mimetype = "application/x-suggestions+json"
        return answer
    return jsonify(query=typed, suggestions=[{"text": s.text, "kind": s.kind, "url": a} for s, a in zip(found, addresses, strict=True)])


def asked(args: MultiDict[str, str]) -> Query:
    """The query in an address. Whatever makes no sense is left out or set to its usual value."""
    known = edition().vocabulary
    picked: dict[str, Any] = {
        facet: tuple(dict.fromkeys(v for v in args.getlist(facet)[:MOST_VALUES] if v in known.facet(facet))) for facet in FACETS
    }
    order = args.get("order", "relevance")
    return Query(
        q=printable(args.get("q", ""), LONGEST),
        **picked,
        order=order if order in ORDERS else "relevance",
        page=_number(args.get("page", "1"), 1, 10_000),
        per_page=_number(args.get("per_page", "20"), 20, 100),
        exact=args.get("exact") == "1",
        as_at=day_asked(args),
    )


def _number(text: str, usual: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else usual
    return min(max(number, 1), most)


def filters(found: Found) -> dict[str, list[facets.Choice]]:
    """Filter → the choices that a reader sees."""
    known = edition().vocabulary
    return {facet: facets.choices(known.facet(facet).values(), found.counts[facet], set(getattr(found.query, facet))) for facet in FACETS}


def ticked(found: Found) -> list[tuple[str, str, str]]:
    """Each ticked choice: its filter, its label and the address of the results without it."""
    known = edition().vocabulary
    return [
        (facet, known.facet(facet)[value].label, link(found.query, **{facet: tuple(v for v in getattr(found.query, facet) if v != value)}))
        for facet in FACETS
        for value in getattr(found.query, facet)
    ]


def near_topics(q: str) -> list[Suggestion]:
    """Topics whose names are like some of the words."""
    suggest = edition().suggester.suggest
    return list({s.target: s for word in [q, *q.split()] for s in suggest(word) if s.kind == "topic"}.values())


def without(found: Found) -> Iterator[tuple[str, int, str]]:
    """For a search whose filters hide everything: each ticked filter, how many results there are without it, and their address."""
    for facet in FACETS:
        if getattr(found.query, facet):
            nothing: dict[str, Any] = {facet: ()}
            freed = replace(found.query, **nothing)
            if total := len(entries_found(edition(), freed)):
                yield facet, total, link(freed)


def link(query: Query, **changes: Any) -> str:
    """The address of a query with some changes; what has its usual value is left out."""
    changed = replace(query, **({"page": 1} | changes))
    usual = Query()
    pairs = []
    for column in fields(Query):
        value = getattr(changed, column.name)
        if value != getattr(usual, column.name):
            pairs += [(column.name, int(each) if each is True else each) for each in (value if isinstance(value, tuple) else (value,))]
    pairs += [("pack", slug) for slug in request.args.getlist("pack")]
    return url_for("search.page") + ("?" + urlencode(pairs) if pairs else "")


def _why(hit: Hit) -> dict[str, Any]:
    return {"why": asdict(hit.why) if hit.why else None}


def _result(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    address = url_for("entries.entry", slug=entry.slug)
    return {
        "slug": entry.slug,
        "title": entry.title,
        "kind": entry.kind,
        "nations": entry.nations,
        "status": entry.status,
        "summary": entry.summary,
        "url": address,
        "score": hit.score,
        "highlight": hit.highlight,
        "missing": hit.missing,
        "sections": [
            {"heading": p.heading, "paragraphs": p.paragraphs, "url": f"{address}#{p.anchor}", "highlight": p.highlight}
            for p in hit.passages
        ],
    }
