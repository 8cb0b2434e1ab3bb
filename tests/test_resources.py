"""Every resource of the five source documents and of today is served, and whatever they print finds its entry."""

import pytest
import yaml

from signpost import search
from signpost.model import Query
from signpost.search.words import handle_of
from signpost.settings import ROOT

RESOURCES = yaml.safe_load((ROOT / "tests" / "resources.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def edition(real_edition):
    return real_edition


@pytest.mark.parametrize("id", RESOURCES["ids"])
def test_every_resource_has_an_entry_or_is_covered_by_one(edition, id):
    assert id in edition.by_slug or id in edition.covered_by


@pytest.mark.parametrize("printed", RESOURCES["found_by"])
def test_whatever_was_printed_finds_an_entry_that_shows_it(edition, printed):
    handle = handle_of(printed)
    holding = edition.handles.get(handle, 0) | edition.postings.of(handle).mask
    assert holding, "no entry shows it"
    first = search.search(edition, Query(q=printed)).hits[0].entry
    assert holding >> edition.entries.index(first) & 1, f"{first.slug} comes first but does not show it"


def test_no_dead_number_is_also_offered_as_living(edition):
    contacts = [contact for entry in edition.entries for contact in entry.contacts if contact.phone]
    dead = {"".join(filter(str.isdigit, contact.phone)) for contact in contacts if contact.dead}
    assert not [contact for contact in contacts if not contact.dead and "".join(filter(str.isdigit, contact.phone)) in dead]


def test_what_is_superseded_says_by_what_or_why_not(edition):
    for entry in edition.entries:
        assert entry.status != "superseded" or entry.superseded_by or entry.standing, entry.slug


def test_nothing_whose_commencement_is_unconfirmed_is_shown_as_in_force(edition):
    for slug in ("crime-and-policing-act-2026", "childrens-wellbeing-and-schools-act-2026", "illegal-migration-act-2023"):
        assert edition.by_slug[slug].status == "unknown"
    assert edition.by_slug["care-of-unaccompanied-and-trafficked-children-draft-2014"].status == "draft"
