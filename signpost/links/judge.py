"""All that was ever seen of an address → the verdict on it. Pure: knows no network and no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from signpost.links.archive import archived_copy
from signpost.links.outcome import SQUATTER_WORDS, resembles
from signpost.model import Verdict

ANSWERED = ("working", "moved", "no-fragment", "same-for-all")
FAILED = ("missing", "gone", "soft-404", "home", "server-error", "timeout", "unreachable", "vanished", "loop", "private")
FAILURES, PATIENCE = 3, timedelta(hours=72)
"""So many failures in a row, over at least so long, make an address dead."""
SURE = {"missing": "high", "gone": "high", "vanished": "high", "soft-404": "medium", "home": "medium"}
"""How sure a death is; of what may pass, such as a time-out, we are never sure."""
EVIDENCE = 5

SUMMARIES = {
    "working": "The page answers.",
    "moved": "The page answers from a new address.",
    "blocked": "The site does not answer programs; the page may well work for people.",
    "suspect": "Something is wrong.",
    "failing": "It fails, though not for long enough to be called dead.",
    "hijacked": "Somebody else has taken the address over. Readers are not sent there.",
    "dead": "The page is gone.",
    "not-checked": "Nobody has looked, or the site asks programs not to.",
}
ADVICE = {
    "working": "Nothing to do.",
    "moved": "Write the new address (scripts/fix_links.py does it for you).",
    "blocked": "Open it yourself. If it works, excuse it in content/link_exceptions.yaml until a day on which you will look again.",
    "suspect": "Wait for the next runs, or open it yourself.",
    "hijacked": "Find where the publisher is now and write that address, or mark the link dead: true.",
    "dead": "Find where the document is now, or mark the link dead: true; readers are shown the archived copy meanwhile.",
    "not-checked": "Open it yourself from time to time.",
}
SPECIAL_ADVICE = {
    "certificate": "Tell the site's owner: browsers warn people away. It is not dead.",
    "no-fragment": "The page works but that part of it is gone: mend or drop what follows the #.",
    "same-for-all": "Open it yourself: every address of this site shows programs the same page.",
    "title": "Open it yourself. If the page is still right, set the entry's reviewed: to today; if not, find the new address.",
    "home": "The document itself is gone although the site works: find its new address or mark the link dead: true.",
    "private": "The address leads into a private network. Write another.",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at an address, as remembered."""

    url: str
    at: str
    word: str
    """The outcome's word."""
    evidence: str
    final_url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a page should be about: names of the entries that cite it, and the day on which a person last read it."""

    names: tuple[str, ...] = ()
    reviewed: str = ""


def judge(seen: Sequence[Observation], expected: Expected) -> Verdict:
    """The verdict on one address from every look at it, oldest first; there is at least one."""
    last = seen[-1]
    answers = [look for look in seen if look.word in ANSWERED]
    failures = _failures(seen)
    retitled = _retitled(seen, expected)
    kind = _kind(seen, failures, retitled)
    working = answers[-1].at if answers else ""
    return Verdict(
        url=last.url,
        kind=kind,
        summary=f"{SUMMARIES['failing' if kind == 'suspect' and failures else kind]} {retitled or last.evidence}".strip(),
        advice=_advice(kind, "title" if retitled else last.word),
        evidence=tuple(f"{look.at[:10]}: {look.evidence}" for look in seen[: -EVIDENCE - 1 : -1]),
        confidence=_confidence(kind, last.word, len(seen)),
        checked=last.at,
        first_seen=seen[0].at,
        last_working=working,
        failing_since=failures[0].at if failures else "",
        streak=len(failures),
        final_url=last.final_url if kind == "moved" else "",
        archived=archived_copy(last.url, working or expected.reviewed) if kind in ("dead", "hijacked") else "",
    )


def _failures(seen: Sequence[Observation]) -> list[Observation]:
    """The failures that have gone on without an answer between them until now. A look that was refused says nothing either way."""
    telling = [look for look in seen if look.word in (*ANSWERED, *FAILED)]
    return list(takewhile(lambda look: look.word in FAILED, reversed(telling)))[::-1]


def _kind(seen: Sequence[Observation], failures: Sequence[Observation], retitled: str) -> str:
    word = seen[-1].word
    if _squatted(seen):
        return "hijacked"
    if word in FAILED:
        return "dead" if _is_dead(seen, failures) else "suspect"
    if word in ("working", "moved") and retitled:
        return "hijacked" if SQUATTER_WORDS.search(seen[-1].title) else "suspect"
    if word in ("certificate", "no-fragment", "same-for-all"):
        return "suspect"
    return "blocked" if word == "rate-limited" else word


def _squatted(seen: Sequence[Observation]) -> bool:
    """A squatter was there, and nothing of the publisher's has answered since."""
    telling = [look.word for look in seen if look.word in (*ANSWERED, "parked")]
    return bool(telling) and telling[-1] == "parked"


def _is_dead(seen: Sequence[Observation], failures: Sequence[Observation]) -> bool:
    if seen[-1].word == "gone" or [look.word for look in seen[-2:]] == ["vanished", "vanished"]:
        return True
    gone_on = datetime.fromisoformat(failures[-1].at) - datetime.fromisoformat(failures[0].at)
    return len(failures) >= FAILURES and gone_on >= PATIENCE


def _retitled(seen: Sequence[Observation], expected: Expected) -> str:
    """A sentence when the page's title is neither what it was when a person last read the entry, nor like the entry; else nothing."""
    titled = [look for look in seen if look.word in ("working", "moved") and look.title]
    if not titled or seen[-1] is not titled[-1]:
        return ""
    read = [look for look in titled if look.at[:10] <= expected.reviewed]
    before, now = (read[-1] if read else titled[0]).title, titled[-1].title
    if any(resembles(name, now) for name in (before, *expected.names)):
        return ""
    return f"Its title was '{before}' and is now '{now}'."


def _advice(kind: str, word: str) -> str:
    return SPECIAL_ADVICE.get(word, ADVICE[kind]) if kind in ("suspect", "dead") else ADVICE[kind]


def _confidence(kind: str, word: str, looks: int) -> str:
    if kind == "dead":
        return SURE.get(word, "low" if looks < 5 else "medium")
    if kind == "suspect":
        return "low"
    return "medium" if kind in ("hijacked", "blocked") else "high" if kind in ("working", "moved") else "low"
