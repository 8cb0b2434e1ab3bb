"""The rules an entry must keep: each is a generator of (place in the front matter, message). Knows no files, YAML or Markdown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit

import phonenumbers

from signpost.currency import earliest, review_months
from signpost.model import Contact, Entry
from signpost.vocabulary import Vocabulary

Place = tuple[str | int, ...]
"""Where in the front matter, such as ('links', 0, 'url'); empty for the file as a whole."""
Found = Iterator[tuple[Place, str]]

SHORT_NUMBERS = frozenset({"999", "112", "101", "105", "111", "119", "116000", "116111", "116123", "18000"})
"""Numbers that are real in the United Kingdom although they are not ordinary telephone numbers."""
CHANGES = ("new", "revised", "superseded", "verified")
CONFIDENCES = ("high", "medium", "low")
FORMATS = ("html", "pdf", "doc", "odt", "form")
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")


def problems_of(entry: Entry, vocabulary: Vocabulary, today: date) -> Found:
    """Every rule that looks at one entry alone."""
    yield from _words_are_known(entry, vocabulary)
    yield from _summary_is_there(entry)
    yield from _standing_is_said(entry)
    yield from _dates_are_dates(entry, today)
    yield from _links_are_addresses(entry)
    yield from _contacts_are_usable(entry)
    yield from _sources_are_named(entry, vocabulary)


def _words_are_known(entry: Entry, vocabulary: Vocabulary) -> Found:
    """Every controlled word comes from content/vocabulary/."""
    yield from _known(("kind",), [entry.kind], vocabulary.kinds)
    yield from _known(("nations",), entry.nations, vocabulary.nations)
    yield from _known(("extent",), entry.extent, vocabulary.nations)
    yield from _known(("audiences",), entry.audiences, vocabulary.audiences)
    yield from _known(("topics",), entry.topics, vocabulary.topics)
    yield from _known(("status",), [entry.status], vocabulary.statuses)
    yield from _known(("force",), [entry.force] if entry.force else [], vocabulary.forces)
    for n, contact in enumerate(entry.contacts):
        yield from _known(("contacts", n, "needs"), contact.needs, vocabulary.needs)
    for n, change in enumerate(entry.history):
        yield from _known(("history", n, "change"), [change.change], CHANGES)
    for n, link in enumerate(entry.links):
        yield from _known(("links", n, "format"), [link.format], FORMATS)
    for key in ("nations", "audiences", "topics", "sources", "history"):
        if not getattr(entry, key):
            yield (key,), f"{key} must name at least one"


def _known(place: Place, words: Iterable[str], known: Iterable[str]) -> Found:
    known = list(known)
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, n=1, cutoff=0)
            yield place, f"unknown {place[-1]} '{word}'; the nearest known is '{near[0]}'"


def _summary_is_there(entry: Entry) -> Found:
    """A summary opens every entry: readers see it in every result."""
    if not entry.title.strip():
        yield ("title",), "the title is empty"
    if not entry.summary:
        yield (), "there is no summary: write a paragraph before the first heading"


def _standing_is_said(entry: Entry) -> Found:
    """What is not current says so in a sentence, and a folder holds one kind."""
    if entry.status != "current" and not entry.standing:
        yield ("status",), f"status is '{entry.status}', so standing must say in a sentence what that means for the reader"
    if entry.path.split("/")[-2] != entry.kind:
        yield ("kind",), f"kind is '{entry.kind}' but the file is in the folder '{entry.path.split('/')[-2]}'"
    if entry.status == "current" and entry.superseded_by:
        yield ("superseded_by",), "a current entry cannot be superseded"


def _dates_are_dates(entry: Entry, today: date) -> Found:
    """Dates are 2015, 2015-03 or 2015-03-26, and what we did ourselves is not in the future."""
    for key in ("published", "begins", "until"):
        if day := getattr(entry, key):
            yield from _is_date((key,), day)
    yield from _is_past(("reviewed",), entry.reviewed, today)
    for n, change in enumerate(entry.history):
        yield from _is_past(("history", n, "on"), change.on, today)
    for n, contact in enumerate(entry.contacts):
        if contact.verified:
            yield from _is_past(("contacts", n, "verified", "on"), contact.verified.on, today)
    try:
        review_months(entry.review_in)
    except ValueError as error:
        yield ("review_in",), str(error)


def _is_date(place: Place, day: str) -> Found:
    try:
        earliest(day)
    except ValueError as error:
        yield place, f"bad date: {error}"


def _is_past(place: Place, day: str, today: date) -> Found:
    bad = list(_is_date(place, day))
    yield from bad
    if not bad and earliest(day) > today:
        yield place, f"bad date: {day} is in the future"


def _links_are_addresses(entry: Entry) -> Found:
    """A link is a whole http or https address of a public host, with a label."""
    for n, link in enumerate(entry.links):
        if trouble := trouble_with_url(link.url):
            yield ("links", n, "url"), trouble
        if not link.label.strip():
            yield ("links", n, "label"), "the link has no label"
    for n, source in enumerate(entry.sources):
        if source.page and (trouble := trouble_with_url(source.page)):
            yield ("sources", n, "page"), trouble


def trouble_with_url(url: str) -> str:
    """What is wrong with a web address; empty when nothing is."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return f"bad address '{url}'"
    if parts.scheme not in ("http", "https"):
        return f"bad address '{url}': it must begin with http:// or https://"
    if "." not in host or re.search(r"\s", url):
        return f"bad address '{url}'"
    return ""


def _contacts_are_usable(entry: Entry) -> Found:
    """A contact has a way to reach it; a living number says when it was seen; a dead one says what to use."""
    for n, contact in enumerate(entry.contacts):
        place: Place = ("contacts", n)
        if not (contact.phone or contact.email or contact.address):
            yield place, "a contact needs a phone, an email or an address"
        if contact.phone and not contact.dead and (trouble := trouble_with_phone(contact.phone)):
            yield (*place, "phone"), trouble
        if contact.email and not EMAIL.fullmatch(contact.email):
            yield (*place, "email"), f"bad e-mail '{contact.email}'"
        if contact.verified and contact.verified.confidence not in CONFIDENCES:
            yield (*place, "verified", "confidence"), f"confidence is one of {', '.join(CONFIDENCES)}"
        if contact.verified and contact.verified.page and (trouble := trouble_with_url(contact.verified.page)):
            yield (*place, "verified", "page"), trouble
        yield from _dead_is_dead(place, contact)


def _dead_is_dead(place: Place, contact: Contact) -> Found:
    if contact.dead and contact.verified:
        yield (*place, "verified"), "a dead contact cannot be verified"
    if contact.use_instead and not contact.dead:
        yield (*place, "use_instead"), "use_instead is for dead contacts: add 'dead: true'"


def trouble_with_phone(phone: str) -> str:
    """What is wrong with a telephone number that readers may call; empty when nothing is."""
    digits = re.sub(r"\D", "", phone)
    if digits in SHORT_NUMBERS:
        return ""
    try:
        if phonenumbers.is_valid_number(phonenumbers.parse(phone, "GB")):
            return ""
    except phonenumbers.NumberParseException:
        pass
    return f"bad phone number '{phone}'"


def _sources_are_named(entry: Entry, vocabulary: Vocabulary) -> Found:
    """Each source is a known document with its lines, a page with its date, or background marked as such."""
    for n, source in enumerate(entry.sources):
        place: Place = ("sources", n)
        kinds = [bool(source.document), bool(source.page), bool(source.background)]
        if sum(kinds) != 1:
            yield place, "a source is a document, a page or background: one of the three"
        if source.document:
            yield from _known((*place, "document"), [source.document], vocabulary.documents)
            if not source.where:
                yield place, "say where in the document: lines or paragraphs"
        if source.page and not source.date:
            yield place, "say the date of the page, or 'undated'"
        if not source.document and source.confidence not in CONFIDENCES:
            yield place, f"say the confidence: {', '.join(CONFIDENCES)}"


def problems_between(entries: Mapping[str, Entry], slugs: Set[str]) -> Iterator[tuple[str, Place, str]]:
    """Every rule that looks at entries together: yields (slug, place, message). `slugs` also names files that could not be read."""
    for rule in (_names_are_unique, _addresses_are_unique, _chains_agree):
        yield from rule(entries)
    yield from _references_exist(entries, slugs)


def _names_are_unique(entries: Mapping[str, Entry]) -> Iterator[tuple[str, Place, str]]:
    """An alias, a slug or a covered id leads to one entry only."""
    owner: dict[str, str] = {}
    for slug, entry in entries.items():
        for n, alias in enumerate(entry.aliases):
            first = owner.setdefault(alias.casefold(), slug)
            if first != slug:
                yield slug, ("aliases", n), f"the alias '{alias}' already belongs to {first}"
    owner = {slug: slug for slug in entries}
    for slug, entry in entries.items():
        for n, covered in enumerate(entry.covers):
            if (first := owner.setdefault(covered, slug)) != slug:
                yield slug, ("covers", n), f"'{covered}' is already the business of {first}"


def _addresses_are_unique(entries: Mapping[str, Entry]) -> Iterator[tuple[str, Place, str]]:
    """A web address is the own link of one entry only; others can name it as a source."""
    owner: dict[str, str] = {}
    for slug, entry in entries.items():
        for n, link in enumerate(entry.links):
            first = owner.setdefault(link.url.rstrip("/").casefold(), slug)
            if first != slug:
                yield slug, ("links", n, "url"), f"the address {link.url} already belongs to {first}"


def _references_exist(entries: Mapping[str, Entry], known: Set[str]) -> Iterator[tuple[str, Place, str]]:
    """A slug named in the front matter is an entry."""
    for slug, entry in entries.items():
        named: list[tuple[Place, tuple[str, ...]]] = [
            (("supersedes",), entry.supersedes),
            (("superseded_by",), entry.superseded_by),
            (("related",), entry.related),
        ]
        named += [(("contacts", n, "use_instead"), c.use_instead) for n, c in enumerate(entry.contacts)]
        for place, slugs in named:
            for missing in (s for s in slugs if s not in known):
                near = get_close_matches(missing, known, n=1, cutoff=0)
                yield slug, place, f"there is no entry '{missing}'; the nearest is '{near[0]}'"


def _chains_agree(entries: Mapping[str, Entry]) -> Iterator[tuple[str, Place, str]]:
    """If one entry says that it replaced another, the other says so too."""
    for slug, entry in entries.items():
        for old in entry.supersedes:
            if old in entries and slug not in entries[old].superseded_by:
                yield old, ("superseded_by",), f"{slug} says that it replaced this, so superseded_by must name it"
        for new in entry.superseded_by:
            if new in entries and slug not in entries[new].supersedes:
                yield new, ("supersedes",), f"{slug} says that this replaced it, so supersedes must name it"
