"""What is current, due for review, or fit to be offered as a contact, on a given day. Pure: no files, no clock."""

import calendar
import re
from collections.abc import Iterable
from datetime import date

from signpost.model import Contact, Entry

VERIFIED_FOR_MONTHS = 36
"""Evidence for a contact older than this is too old to trust: readers are told to check the number first."""

DAY = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
EMERGENCY = frozenset({"999", "112", "101"})
"""Numbers fixed by law or regulator: once seen they stay trusted, however old the evidence."""


def earliest(day: str) -> date:
    """The first day that '2015', '2015-03' or '2015-03-26' can mean. Raises ValueError for anything else."""
    if not DAY.fullmatch(day):
        raise ValueError(f"'{day}' is not a date like 2015, 2015-03 or 2015-03-26")
    numbers = [int(part) for part in day.split("-")]
    return date(*[*numbers, 1, 1][:3])


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or the month's last day where that does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def review_months(review_in: str) -> int:
    """The number in '12 months'. Raises ValueError for anything else."""
    number, _, unit = review_in.partition(" ")
    if unit not in ("month", "months") or not number.isdecimal() or int(number) == 0:
        raise ValueError(f"'{review_in}' is not a time like '12 months'")
    return int(number)


def review_due(entry: Entry) -> date:
    """The day by which someone must read the entry against its sources again."""
    return months_after(earliest(entry.reviewed), review_months(entry.review_in))


def is_trusted(contact: Contact, today: date) -> bool:
    """Whether a contact may be offered as one to use now: alive, and seen recently with some confidence."""
    seen = contact.verified
    if contact.dead or seen is None or seen.confidence == "low":
        return False
    return contact.phone in EMERGENCY or months_after(earliest(seen.on), VERIFIED_FOR_MONTHS) >= today


def starts(entry: Entry) -> date | None:
    """The day from which an entry applied; None when it is not known."""
    first = entry.begins or entry.published
    return earliest(first) if first else None


def ends(entry: Entry, successors: Iterable[Entry]) -> date | None:
    """The day on which an entry stopped being current: as its author says, or when the first of what replaced it began."""
    if entry.until:
        return earliest(entry.until)
    began = [start for successor in successors if (start := starts(successor))]
    return min(began, default=None)


def current_on(entry: Entry, day: date, successors: Iterable[Entry] = ()) -> bool | None:
    """Whether the entry was in use on a day; None where its dates are not known well enough to say."""
    if entry.status == "draft":
        return False
    start, end = starts(entry), ends(entry, successors)
    if (start and day < start) or (end and end <= day):
        return False
    return True if start and (end or entry.status == "current") else None
