"""/contacts: whom to call, by nation and by need; the living apart from the dead."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, render_template

from signpost.formats import hsds
from signpost.model import Contact, Entry
from signpost.web.browse import FIRST_CALLS
from signpost.web.entries import whole_address
from signpost.web.reading import edition, may_be_called, picked

pages = Blueprint("contacts", __name__)

KINDS = ("contact", "service", "form")
"""Kinds of entry that the directory lists."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the directory with those of its contacts that were asked for."""

    entry: Entry
    contacts: tuple[Contact, ...]


@pages.get("/contacts")
def page() -> str:
    """The directory, filtered by nation and need."""
    known = edition().vocabulary
    nation, need = picked("nation", known.nations), picked("need", known.needs)
    living = list(_living(nation, need))
    living.sort(key=_most_useful_first)
    return render_template(
        "contacts.html",
        living=living,
        dead=[] if need else list(_dead(nation)),
        nation=nation,
        need=need,
        nations=known.nations.values(),
        needs=known.needs.values(),
    )


@pages.get("/contacts.json")
def as_json() -> Response:
    """The directory in the shape of Open Referral UK (HSDS 3)."""
    now = edition()
    entries = [entry for entry in now.entries if entry.kind in ("contact", "service")]
    return jsonify(hsds.page(entries, now.vocabulary.nations, whole_address, may_be_called))


def _living(nation: str, need: str) -> Iterator[Listing]:
    """Whoever answers a need; without one, every contact and service that stands, with or without a number."""
    for entry in _of(nation):
        contacts = tuple(c for c in entry.contacts if not c.dead and (not need or need in c.needs))
        if contacts and (need or entry.kind in KINDS):
            yield Listing(entry, contacts)
        elif not need and entry.kind in KINDS and entry.status == "current":
            yield Listing(entry, ())


def _dead(nation: str) -> Iterator[Listing]:
    """Every contact that must no longer be used."""
    for entry in _of(nation):
        if contacts := tuple(contact for contact in entry.contacts if contact.dead):
            yield Listing(entry, contacts)


def _of(nation: str) -> Iterator[Entry]:
    return (entry for entry in edition().entries if not nation or nation in entry.nations)


def _most_useful_first(one: Listing) -> tuple[bool, bool, bool, str]:
    usable = any(_usable(contact) for contact in one.contacts)
    return one.entry.slug not in FIRST_CALLS, not usable, not one.contacts, one.entry.title.casefold()


def _usable(contact: Contact) -> bool:
    return bool(contact.phone or contact.email) and may_be_called(contact)
