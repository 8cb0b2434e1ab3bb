"""What is current, due and trusted on a day."""

from dataclasses import replace
from datetime import date

import pytest

from signpost import currency
from signpost.model import Contact, Verified

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("text", "day"), [("2015", date(2015, 1, 1)), ("2015-03", date(2015, 3, 1)), ("2015-03-26", date(2015, 3, 26))])
def test_a_date_may_be_a_year_a_month_or_a_day(text, day):
    assert currency.earliest(text) == day


@pytest.mark.parametrize("text", ["", "15", "2015-3", "2015-13", "2015-02-30", "2015-01-01-01", "last year"])
def test_anything_else_is_not_a_date(text):
    with pytest.raises(ValueError):  # noqa: PT011 (the message differs by what is wrong)
        currency.earliest(text)


def test_a_month_after_the_last_of_january_is_the_last_of_february():
    assert currency.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)


def seen(on: str, confidence: str = "high", phone: str = "0800 1111") -> Contact:
    return Contact(phone=phone, verified=Verified(on, "a page", confidence))


def test_a_number_seen_lately_on_a_named_page_is_trusted():
    assert currency.is_trusted(seen("2026-01"), TODAY)


@pytest.mark.parametrize(
    "contact",
    [Contact(phone="999"), seen("2026-01", "low"), seen("2021"), replace(seen("2026-01"), dead=True)],
    ids=["never seen", "seen but unsure", "seen long ago", "dead"],
)
def test_no_other_number_is_trusted(contact):
    assert not currency.is_trusted(contact, TODAY)


def test_a_trusted_number_stops_being_trusted_as_time_passes():
    assert currency.is_trusted(seen("2023-11-23"), TODAY)
    assert not currency.is_trusted(seen("2023-11-22"), TODAY)


def test_an_emergency_number_never_becomes_too_old():
    assert currency.is_trusted(seen("2001", phone="999"), TODAY)


def test_an_entry_falls_due_for_review(library):
    assert currency.review_due(library.entries["new-age-guide"]) == date(2027, 11, 1)


@pytest.mark.parametrize(
    ("slug", "day", "current"),
    [
        ("new-age-guide", date(2023, 3, 15), False),
        ("new-age-guide", date(2023, 4, 1), True),
        ("old-age-guide", date(2016, 5, 1), True),
        ("old-age-guide", date(2023, 3, 1), False),
        ("old-age-guide", date(2011, 12, 31), False),
        ("draft-care-guidance", date(2014, 6, 1), False),
        ("closed-unit", date(2010, 1, 1), None),
        ("closed-unit", date(2014, 1, 1), False),
    ],
)
def test_what_was_in_use_on_a_day(library, slug, day, current):
    assert currency.current_on(library.entries[slug], day) is current


def test_what_was_replaced_ended_when_its_successor_began(library):
    old, new = replace(library.entries["old-age-guide"], until=""), library.entries["new-age-guide"]
    assert currency.ends(old, [new]) == date(2023, 4, 1)
    assert currency.current_on(old, date(2023, 3, 31), [new]) is True
    assert currency.current_on(old, date(2023, 4, 1), [new]) is False
