"""How things are worded on pages: dates, labels, tags, links. Known to every template."""

from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup

from signpost import currency
from signpost.model import Contact, Entry, Hit, Verdict
from signpost.vocabulary import UK_NATIONS
from signpost.web.reading import NOT_LINKED, edition, link_checks, may_be_called, presences_of

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
TAG_COLOURS = {
    "current": "green",
    "draft": "yellow",
    "superseded": "orange",
    "withdrawn": "red",
    "defunct": "red",
    "unknown": "purple",
}
PART_WORDS = {
    "title": "in the title",
    "aliases": "among its other names",
    "asked": "among the questions it answers",
    "summary": "in the summary",
    "headings": "in headings",
    "contacts": "in the contacts",
    "publisher": "in the publisher's name",
    "topics": "among its topics",
    "standing": "in how it stands",
    "text": "in the text",
}
VERDICT_WORDS = {
    "working": "Working",
    "moved": "Working, from a new address",
    "blocked": "Could not be checked: the site refuses programs",
    "suspect": "Something may be wrong with it",
    "hijacked": "Taken over by others: do not open it",
    "dead": "No longer there",
    "not-checked": "Not checked",
}


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(day=day_in_words, label=label, tel=tel, number_words=number_words, entry_of=entry_of)
    app.jinja_env.globals.update(
        nations_in_words=nations_in_words,
        is_trusted=may_be_called,
        review_due=currency.review_due,
        today=date.today,
        verdict_of=verdict_of,
        presences_of=presences_of,
        not_linked=NOT_LINKED,
        verdict_words=VERDICT_WORDS,
        why_words=why_words,
        once=once,
        tag_colours=TAG_COLOURS,
        entry_of=entry_of,
        edition_vocabulary=lambda: edition().vocabulary,
        target_words=target_words,
        standing_on=standing_on,
    )


def day_in_words(value: str | date) -> str:
    """'2015-03-26' → '26 March 2015'; '2015-03' → 'March 2015'; anything that is no date stays as it is."""
    text = value.isoformat() if isinstance(value, date) else value
    try:
        known = currency.earliest(text[:10])
    except ValueError:
        return text
    words = [str(known.day), MONTHS[known.month - 1], str(known.year)]
    return " ".join(words[3 - len(text[:10].split("-")) :])


def label(value: str, kind: str) -> str:
    """The plain words for a controlled word, such as 'Age assessment' for the topic 'age-assessment'."""
    terms: dict[str, Any] = getattr(edition().vocabulary, kind)
    return terms[value].label if value in terms else value


def nations_in_words(entry: Entry) -> str:
    """'UK-wide', 'England and Wales', 'Scotland and international'."""
    names = [label(nation, "nations") for nation in entry.nations]
    if set(UK_NATIONS) <= set(entry.nations):
        names = ["UK-wide", *(label(nation, "nations").lower() for nation in entry.nations if nation not in UK_NATIONS)]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def tel(contact: Contact) -> str:
    """The address that makes a telephone ring."""
    return "tel:" + quote("".join(c for c in contact.phone if c.isdigit() or c == "+"), safe="+")


def number_words(count: int, one: str, many: str = "") -> str:
    """'1 entry', '3 entries', '1,204 entries'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def why_words(hit: Hit) -> list[str]:
    """Why a result is there, a line for each word and for each thing that moved it up or down."""
    if not hit.why:
        return []
    places: dict[tuple[str, str], list[str]] = {}
    for match in hit.why.matches:
        places.setdefault((match.typed, match.word), []).append(f"{PART_WORDS[match.part]} {match.count}×")
    lines = []
    for (typed, word), where in sorted(places.items(), key=lambda place: [name.casefold() for name in place[0]]):
        because = f" (searched because you typed ‘{typed}’)" if word != typed else ""
        lines.append(f"‘{word}’{because}: {', '.join(where)}")
    return lines + [factor_words(name, factor, hit.entry) for name, factor in hit.why.factors.items()]


def factor_words(name: str, factor: float, entry: Entry) -> str:
    """What moved a result up or down, in words: 'Lowered to 0.65: Superseded'."""
    reasons = {
        "standing": label(entry.status, "statuses"),
        "nation": "the nation that you named",
        "together": "the words stand close together",
        "missing": "some words are missing",
    }
    if name == "named":
        return "First, because this is its name, number or address"
    return f"{'Raised' if factor > 1 else 'Lowered'} to {factor:.2f}: {reasons[name]}"


def verdict_of(url: str) -> Verdict | None:
    """What the link checks say of an address; None when it was never looked at."""
    return link_checks().verdicts.get(url)


def standing_on(entry: Entry, day: str) -> str:
    """How an entry stood on a day, in words."""
    was = currency.current_on(entry, currency.earliest(day), edition().successors(entry))
    words = {True: "Current", False: "Not current", None: "We do not know its dates well enough to say whether it was current"}[was]
    return f"{words} on {day_in_words(day)}."


def target_words(target: str) -> str:
    """What a link to a slug or slug#anchor says: the title, or the heading of the section."""
    slug, _, anchor = target.partition("#")
    entry = entry_of(slug)
    return next((section.heading for section in entry.sections if section.anchor == anchor), entry.title)


def once(macro: Macro, *about: str) -> Markup:
    """What a macro makes of a slug or other words, made once for each edition: for macros that look at neither the request nor the day."""
    made = edition().made
    key = (macro.name, *about)
    if key not in made:
        made[key] = macro(*about)
    piece: Markup = made[key]
    return piece


def entry_of(slug: str) -> Entry:
    """The entry of a slug."""
    return edition().by_slug[slug]
