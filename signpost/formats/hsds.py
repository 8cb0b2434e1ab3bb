"""Contacts → the shape of Open Referral UK (HSDS 3). Pure."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from signpost.formats.text import AddressOf
from signpost.model import Contact, Entry, Term

Trusted = Callable[[Contact], bool]
"""Whether a contact may be offered as one to use now."""
STATUS = {
    "current": "active",
    "defunct": "defunct",
    "superseded": "defunct",
    "withdrawn": "defunct",
    "unknown": "inactive",
    "draft": "inactive",
}
"""Our status → HSDS's. What is not confirmed is never 'active'."""


def page(entries: Iterable[Entry], nations: dict[str, Term], address_of: AddressOf, trusted: Trusted) -> dict[str, Any]:
    """One page that holds every service, as HSDS 3's GET /services answers."""
    contents = [service(entry, nations, address_of(entry.slug), trusted) for entry in entries]
    total = len(contents)
    facts = {
        "total_items": total,
        "total_pages": 1,
        "page_number": 1,
        "size": total,
        "first_page": True,
        "last_page": True,
        "empty": not total,
    }
    return facts | {"contents": contents}


def service(entry: Entry, nations: dict[str, Term], url: str, trusted: Trusted) -> dict[str, Any]:
    """One entry as a service with its organisation, contacts, areas and, where verified, its assured date."""
    living = [contact for contact in entry.contacts if not contact.dead]
    assured = max((c.verified.on for c in living if c.verified and trusted(c)), default="")
    made: dict[str, Any] = {
        "id": _id(entry.slug),
        "name": entry.title,
        "description": entry.summary,
        "url": url,
        "status": STATUS[entry.status],
        "organization": {"id": _id(f"publisher/{entry.publisher}"), "name": entry.publisher, "description": entry.publisher},
        "contacts": [_contact(entry, place, contact, trusted) for place, contact in enumerate(living)],
        "service_areas": [{"id": _id(f"{entry.slug}/{n}"), "name": nations[n].label, "extent_type": "text"} for n in entry.nations],
        "last_modified": f"{entry.history[0].on}T00:00:00Z",
    }
    if hours := [contact.hours for contact in living if contact.hours]:
        made["schedules"] = [{"id": _id(f"{entry.slug}/hours/{n}"), "description": text} for n, text in enumerate(hours)]
    if len(assured) == len("2026-11-23"):
        made["assured_date"] = assured
    return made


def _contact(entry: Entry, place: int, contact: Contact, trusted: Trusted) -> dict[str, Any]:
    made: dict[str, Any] = {"id": _id(f"{entry.slug}/contact/{place}"), "name": contact.name or entry.title}
    if contact.email:
        made["email"] = contact.email
    if contact.phone:
        note = "" if trusted(contact) else "Not verified: check before you use it."
        made["phones"] = [{"id": _id(f"{entry.slug}/phone/{place}"), "number": contact.phone, "description": note}]
    return made


def _id(name: str) -> str:
    """HSDS wants UUIDs; ours follow from the slug, so that they never change."""
    return str(uuid5(NAMESPACE_URL, f"signpost:{name}"))
