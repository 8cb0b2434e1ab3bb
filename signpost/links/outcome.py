"""What one look means: a word for what an address showed, and the evidence in a sentence. Pure; knows no history and no network."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from signpost.links.seen import Seen

PASSING = ("rate-limited", "server-error", "timeout", "unreachable")
"""What may pass by itself: worth a second and a third try within a run."""
GONE_WORDS = re.compile(
    "|".join(
        (
            r"\b404\b",
            r"\b410\b",
            r"page (is )?(missing|gone|removed|unavailable)",
            r"(not|no longer) (be )?(found|available|exists?)",
            r"(can.?t|cannot) (be )?f(i|ou)nd",
            r"(doesn.?t|does not) exist",
            r"has been (removed|archived|deleted)",
            r"nid yw.{0,20}ar gael",
            r"heb ei chanfod",
        )
    ),
    re.IGNORECASE,
)
PERSON_WORDS = re.compile(
    "|".join(
        (
            r"just a moment",
            r"attention required",
            r"verify(ing)? (that )?you are (a )?human",
            r"are you a robot",
            r"checking your browser",
            r"captcha",
            r"not a robot",
            r"complete (the|a) security check",
            r"access denied",
            r"request unsuccessful",
            r"enable javascript and cookies",
            r"unusual traffic",
        )
    ),
    re.IGNORECASE,
)
PARKED_WORDS = re.compile(
    "|".join(
        (
            r"domain (name )?(is|may be) (for sale|parked|available)",
            r"buy (this|the) domain",
            r"this domain (has expired|is parked)",
            r"parked (free|domain|page)",
            r"domain parking",
            r"sedoparking|parkingcrew|bodis\.com|hugedomains|afternic|dan\.com",
            r"(offer on|inquire about|interested in) this domain",
        )
    ),
    re.IGNORECASE,
)
SQUATTER_WORDS = re.compile(
    r"\b(casino|betting|sportsbook|slots?|poker|jackpot|roulette|togel|judi|gacor|viagra|cialis|escorts?|porn|xxx|payday loans?)\b",
    re.IGNORECASE,
)
SHORT = 3_000
"""A page with fewer characters may be nothing but a notice; a longer one may mention such words in passing."""
SIGN_IN = re.compile(r"/(log|sign)-?in\b|/(auth|sso|saml|adfs|oauth2?)/|/accounts/login", re.IGNORECASE)
HOME = re.compile(r"/?((index|default|home)(\.\w+)?/?|en|en-gb|cy)?", re.IGNORECASE)
NEEDS_SCRIPT = re.compile(r"javascript", re.IGNORECASE)
RESEMBLES = 60
"""From here on (of 100) two titles may name the same thing."""
ALIKE = 92
"""From here on (of 100) two pages say the same."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One word, the sentence that says why, and where a permanent redirect leads."""

    word: str
    evidence: str
    final_url: str = ""


def outcome_of(seen: Seen, sibling: Seen | None = None, names: Iterable[str] = ()) -> Outcome:
    """Judge one look. `sibling` is what a made-up address in the same folder showed: a page like that is no page.

    `names` are what the page should be about: the entries' titles, their publishers and the words of the link.
    """
    if seen.trouble:
        return _no_answer(seen)
    if refused := _refused(seen):
        return refused
    if seen.status == 410:
        return Outcome("gone", "410 Gone: the site says that it was removed for good.")
    if seen.status >= 500:
        return Outcome("server-error", f"{seen.detail}: the site has a fault.")
    if seen.status >= 400:
        return Outcome("missing", f"{seen.detail}: the site has no such page.")
    return _squatted(seen) or _not_the_page(seen, sibling, names) or _answered(seen)


def _no_answer(seen: Seen) -> Outcome:
    words = {
        "robots": ("not-checked", "The site's robots.txt asks programs not to look."),
        "bad-address": ("missing", "This is not an address that can be opened"),
        "timeout": ("timeout", "No answer in time"),
        "unreachable": ("unreachable", "The connection was refused or broke off"),
        "vanished": ("vanished", "The domain name no longer exists"),
        "certificate": ("certificate", "The site's security certificate is wrong"),
        "loop": ("loop", "It redirects in a circle"),
        "private": ("private", "It leads to an address that is not on the public internet; we did not go there"),
    }
    word, sentence = words[seen.trouble]
    return Outcome(word, sentence if seen.trouble == "robots" else f"{sentence} ({seen.detail})." if seen.detail else f"{sentence}.")


def _refused(seen: Seen) -> Outcome | None:
    """The site answers people, but not us."""
    challenge = seen.status in (200, 403, 429, 503) and len(seen.text) < SHORT and PERSON_WORDS.search(f"{seen.title} {seen.text[:600]}")
    if seen.challenged or challenge:
        return Outcome("blocked", "The site asks for proof that a person is looking.")
    if seen.status == 429:
        return Outcome("rate-limited", "429: the site asked us to slow down.")
    if seen.status in (401, 402, 403, 405, 406, 407, 451, 999):
        return Outcome("blocked", f"{seen.detail}: the site refuses our program.")
    if seen.hops and SIGN_IN.search(urlsplit(seen.final_url).path) and not SIGN_IN.search(urlsplit(seen.url).path):
        return Outcome("blocked", f"It asks us to sign in ({seen.final_url}).")
    return None


def _squatted(seen: Seen) -> Outcome | None:
    """A page that offers the domain, or sells something that no source of ours sells."""
    if len(seen.text) < SHORT and (match := PARKED_WORDS.search(f"{seen.title} {seen.text}")):
        return Outcome("parked", f"The page says '{match.group()}': somebody else holds the domain.")
    if len(SQUATTER_WORDS.findall(seen.title)) and len(SQUATTER_WORDS.findall(seen.text)) > 2:
        return Outcome("parked", f"The page is titled '{seen.title}': somebody else holds the domain.")
    return None


def _not_the_page(seen: Seen, sibling: Seen | None, names: Iterable[str]) -> Outcome | None:
    """An answer of 200 that is not the page: an error in disguise, the home page, or what every address here answers."""
    if GONE_WORDS.search(seen.title) and len(seen.text) < SHORT:
        return Outcome("soft-404", f"It answers 200, but is titled '{seen.title}'.")
    if _led_home(seen):
        return Outcome("home", f"It now leads to a home page ({seen.final_url}), not to the document.")
    if sibling and sibling.status == 200 and seen.text and fuzz.ratio(seen.text[:4000], sibling.text[:4000]) >= ALIKE:
        if GONE_WORDS.search(f"{seen.title} {seen.text[:1000]}"):
            return Outcome("soft-404", "It answers 200, but says what a made-up address on the same site says: that there is no such page.")
        if not NEEDS_SCRIPT.search(seen.text) and not any(resembles(name, seen.title) for name in names):
            return Outcome("soft-404", f"Every address of the site shows one page, '{seen.title}', which is about something else.")
        return Outcome("same-for-all", "A made-up address on the same site shows the same page, so we cannot tell whether this one exists.")
    return None


def resembles(one: str, other: str) -> bool:
    """Whether two titles may name the same thing."""
    return fuzz.token_set_ratio(one.casefold(), other.casefold()) >= RESEMBLES


def _led_home(seen: Seen) -> bool:
    asked, got = urlsplit(seen.url), urlsplit(seen.final_url)
    same_site = _site(asked.hostname) == _site(got.hostname)
    return bool(seen.hops) and same_site and not HOME.fullmatch(asked.path) and bool(HOME.fullmatch(got.path)) and not got.query


def _site(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _answered(seen: Seen) -> Outcome:
    if seen.fragment_found is False:
        return Outcome("no-fragment", f"The page answers, but has no part '#{urlsplit(seen.url).fragment}'.")
    if target := _permanent(seen):
        return Outcome("moved", f"The site says that it moved for good to {target}.", target)
    place = f" It sent us on, for now, to {seen.final_url}." if seen.hops else ""
    return Outcome("working", f"{seen.detail}.{place}")


def _permanent(seen: Seen) -> str:
    """Where the permanent redirects lead, up to the first that is only for now. A # part that was asked for is kept."""
    target = ""
    for hop in seen.hops:
        if hop.status not in (301, 308):
            break
        target = hop.url
    part = urlsplit(seen.url).fragment
    return f"{target}#{part}" if target and part and "#" not in target else target
