"""The ways in without words: home, topics, audiences and A to Z."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from flask import Blueprint, abort, render_template

from signpost.model import Entry, Term
from signpost.web.reading import edition

pages = Blueprint("browse", __name__)

FIRST_CALLS = ("police-999-101", "nspcc-helpline", "modern-slavery-helpline-unseen")
"""Whom the home page says to call, in this order, where the edition has them."""


@pages.get("/")
def home() -> str:
    """Search, whom to call, and the ways in."""
    return render_template("home.html", calls=first_calls(), vocabulary=edition().vocabulary, counts=_counts())


@pages.get("/topics/")
def topics() -> str:
    """Every topic."""
    return term_index("Topics", "topic", edition().vocabulary.topics)


@pages.get("/audiences/")
def audiences() -> str:
    """Every audience."""
    return term_index("Who it is for", "audience", edition().vocabulary.audiences)


@pages.get("/topics/<topic>")
def topic(topic: str) -> str:
    """What there is on a topic, by kind."""
    return _listing("topic", topic, edition().vocabulary.topics, (e for e in edition().entries if topic in e.topics))


@pages.get("/audiences/<audience>")
def audience(audience: str) -> str:
    """What there is for an audience, by kind."""
    return _listing("audience", audience, edition().vocabulary.audiences, (e for e in edition().entries if audience in e.audiences))


@pages.get("/a-z")
def a_to_z() -> str:
    """Every entry by title, under its first letter; titles that begin with a figure or mark come under '0–9'."""
    ordered = sorted(edition().entries, key=lambda entry: (not _letter(entry).isalpha(), entry.title.casefold()))
    letters = [(letter, list(group)) for letter, group in groupby(ordered, _letter)]
    return render_template("a-z.html", letters=letters, total=len(ordered))


@pages.get("/about")
def about() -> str:
    """What Signpost is, and what it is not."""
    now = edition()
    return render_template(
        "about.html", documents=now.vocabulary.documents.values(), statuses=now.vocabulary.statuses.values(), edition=now
    )


@pages.get("/privacy")
def privacy() -> str:
    """What this software keeps of its readers."""
    return render_template("privacy.html")


@pages.get("/accessibility")
def accessibility() -> str:
    """What this software does for every reader, and what it lacks."""
    return render_template("accessibility.html")


def first_calls() -> list[Entry]:
    """Whom anyone can call."""
    now = edition()
    return [now.by_slug[slug] for slug in FIRST_CALLS if slug in now.by_slug]


def _letter(entry: Entry) -> str:
    first = next((c for c in entry.title if c.isalnum()), "0").upper()
    return first if first.isalpha() else "0–9"


def _counts() -> dict[str, dict[str, int]]:
    return {facet: {value: mask.bit_count() for value, mask in masks.items()} for facet, masks in edition().masks.items()}


def term_index(title: str, facet: str, terms: Mapping[str, Term]) -> str:
    """A page of the terms of one list."""
    return render_template("terms.html", title=title, facet=facet, terms=terms.values(), counts=_counts()[facet])


def _listing(facet: str, value: str, terms: Mapping[str, Term], entries: Iterable[Entry]) -> str:
    """A page of entries by kind."""
    if value not in terms:
        abort(404)
    kinds = by_kind(entries)
    return render_template("listing.html", facet=facet, term=terms[value], kinds=kinds, total=sum(len(found) for _, found in kinds))


def by_kind(entries: Iterable[Entry]) -> list[tuple[Term, list[Entry]]]:
    """Kind → its entries, those that are current first."""
    found = sorted(entries, key=lambda entry: (entry.status != "current", entry.title.casefold()))
    kinds = [(kind, [e for e in found if e.kind == kind.id]) for kind in edition().vocabulary.kinds.values()]
    return [(kind, having) for kind, having in kinds if having]
