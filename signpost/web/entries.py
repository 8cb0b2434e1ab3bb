"""/entries/<slug>: one resource, whole."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signpost.model import Entry
from signpost.search import Edition
from signpost.web.reading import edition

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
    found = now.by_slug[slug]
    return render_template("entry.html", entry=found, related=related(now, found))


def related(now: Edition, entry: Entry) -> list[Entry]:
    """What to read next: what the author named, then current entries that share most of the topics and nations."""
    named = [now.by_slug[slug] for slug in entry.related]
    passed = {entry.slug, *entry.related, *entry.supersedes, *entry.superseded_by}
    others = [other for other in now.entries if other.slug not in passed and other.status == "current"]
    others.sort(key=lambda other: -_kinship(entry, other))
    return (named + [other for other in others if _kinship(entry, other) > 0])[:MOST_RELATED]


def _kinship(entry: Entry, other: Entry) -> float:
    topics = len(set(entry.topics) & set(other.topics))
    return topics + len(set(entry.nations) & set(other.nations)) / 10 if topics > 1 or entry.topics[0] == other.topics[0] else 0
