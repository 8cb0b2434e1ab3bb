"""/changes: what happened to entries, from their own history notes, as a page and as a feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from signpost.model import Change, Entry
from signpost.web.entries import answer_as
from signpost.web.reading import edition

pages = Blueprint("changes", __name__)

MOST = 300


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list or feed of changes."""

    entry: Entry
    on: str
    """A whole date, which feeds demand: the first day that the author's date can mean."""
    change: Change | None = None


@pages.get("/changes")
def page() -> str:
    """Every change, newest first."""
    items = _items()
    return render_template("changes.html", items=items[:MOST], total=len(items))


@pages.get("/changes.atom")
def as_atom() -> Response:
    """The newest changes as a feed."""
    return feed("Signpost: what changed", "changes.page", _items()[:MOST])


def feed(title: str, endpoint: str, items: Iterable[Item], **query: Any) -> Response:
    """An Atom feed. `endpoint` and `query` name the page that it follows."""
    items = list(items)
    updated = max((item.on for item in items), default=edition().built.date().isoformat())
    page = url_for(endpoint, _external=True, **query)
    own = url_for(endpoint.replace(".page", ".as_atom"), _external=True, **query)
    body = render_template("feeds/atom.xml", title=title, page=page, feed=own, updated=f"{updated}T00:00:00Z", items=items)
    return answer_as(body, "application/atom+xml")


def whole_day(on: str) -> str:
    """'2026' → '2026-01-01'."""
    return (on + "-01-01")[: len("2026-01-01")]


def _items() -> list[Item]:
    found = [Item(entry, whole_day(change.on), change) for entry in edition().entries for change in entry.history]
    return sorted(found, key=lambda item: (item.on, item.entry.title), reverse=True)
