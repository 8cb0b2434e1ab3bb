"""/entries/<slug>: one resource, whole."""

from dataclasses import asdict
from heapq import nlargest
from operator import itemgetter

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signpost.formats import text
from signpost.model import Entry
from signpost.search import Edition
from signpost.web.reading import as_linked, day_asked, edition

pages = Blueprint("entries", __name__)

MOST_RELATED = 6


@pages.get("/entries/<slug>")
def entry(slug: str) -> ResponseReturnValue:
    """The entry; an id that another entry covers leads there."""
    now = edition()
    if slug in now.covered_by:
        return redirect(url_for("entries.entry", slug=now.covered_by[slug]), 301)
    if slug not in now.by_slug:
        abort(404)
    found = as_linked(now.by_slug[slug])
    shown = {"related": related(now, found), "linked_data": linked_data(found), "as_at": day_asked(request.args)}
    return render_template("entry.html", entry=found, **shown)


@pages.get("/entries/<slug>.<any(json, ris, md):twin>")
def as_other(slug: str, twin: str) -> ResponseReturnValue:
    """The entry for programs, reference managers and notes."""
    now = edition()
    if slug in now.covered_by:
        return redirect(url_for("entries.as_other", slug=now.covered_by[slug], twin=twin), 301)
    if slug not in now.by_slug:
        abort(404)
    found = as_linked(now.by_slug[slug])
    if twin == "json":
        return jsonify(asdict(found) | {"url": whole_address(slug)})
    if twin == "ris":
        return answer_as(text.ris([found], whole_address), "application/x-research-info-systems", f"{slug}.ris")
    return answer_as(text.markdown(found, whole_address), "text/markdown")


def linked_data(entry: Entry) -> dict[str, object]:
    """An entry as schema.org describes such things, for search engines. A block of data, not code."""
    made: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Legislation" if entry.kind == "legislation" else "CreativeWork",
        "name": entry.title,
        "alternateName": list(entry.aliases),
        "abstract": entry.summary,
        "publisher": {"@type": "Organization", "name": entry.publisher},
        "creativeWorkStatus": entry.status,
        "url": whole_address(entry.slug),
        "sameAs": [link.url for link in entry.links if not link.dead],
    }
    return made | ({"datePublished": entry.published} if entry.published else {})


def whole_address(slug: str) -> str:
    """The address of an entry, for use outside the site."""
    return url_for("entries.entry", slug=slug, _external=True)


def answer_as(body: str | bytes, mimetype: str, filename: str = "") -> Response:
    """A body of some type; with a file name, one to keep."""
    answer = make_response(body)
    answer.mimetype = mimetype
    if filename:
        answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def related(now: Edition, entry: Entry) -> list[Entry]:
    """What to read next: what the author named, then current entries that share most of the topics and nations."""
    named = [now.by_slug[slug] for slug in entry.related]
    passed = {entry.slug, *entry.related, *entry.supersedes, *entry.superseded_by}
    others = (other for other in now.entries if other.status == "current" and other.slug not in passed)
    topics, nations, main = set(entry.topics), set(entry.nations), entry.topics[0]
    kinships = ((_kinship(topics, nations, main, other), other) for other in others)
    nearest = nlargest(MOST_RELATED, (pair for pair in kinships if pair[0] > 0), key=itemgetter(0))
    return (named + [other for _, other in nearest])[:MOST_RELATED]


def _kinship(topics: set[str], nations: set[str], main: str, other: Entry) -> float:
    """How near an entry is to another of these topics, of which one is the main one, and nations."""
    shared = len(topics.intersection(other.topics))
    return shared + len(nations.intersection(other.nations)) / 10 if shared > 1 or main == other.topics[0] else 0
