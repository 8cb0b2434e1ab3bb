"""The edition and the link verdicts that a request reads: one of each from its first line to its last."""

import logging
import threading
import time
from collections.abc import Container, Set
from contextlib import suppress
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import MultiDict

from signpost import links
from signpost.currency import EMERGENCY, earliest, is_trusted
from signpost.model import Contact, Entry, LinkChecks, Presence
from signpost.search import Edition, EditionError, current_id, load

TRY_AGAIN = 5.0
"""Seconds after which an edition that could not be read is read again: somebody may have mended its files."""

log = logging.getLogger(__name__)

NOT_LINKED = ("dead", "hijacked")
"""Verdicts on addresses to which no reader is sent."""


class Shelf:
    """Holds the current edition in memory and takes up a new one when it is published; keeps the old one when that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._failed = ("", 0.0)
        self.problem = ""
        """Why the published edition is not the one in memory."""

    def current(self) -> Edition:
        """The published edition, or the last one that could be read. Raises EditionError when there is neither."""
        with self._lock:
            try:
                self._take_up(current_id(self._folder))
            except EditionError as error:
                if self.problem != f"{error}":
                    log.error("%s; %s", error, f"edition {self._edition.id} is served on" if self._edition else "there is none to serve")
                self.problem = f"{error}"
            if self._edition is None:
                raise EditionError(self.problem)
            return self._edition

    def _take_up(self, published: str) -> None:
        """Have the published edition in memory. One that failed is not read again for every request: that would take long."""
        if self._edition is None or self._edition.id != published:
            failed, again = self._failed
            if published == failed and time.monotonic() < again:
                return
            self._failed = published, time.monotonic() + TRY_AGAIN
            self._edition = load(self._folder)
            self._failed = ("", 0.0)
        self.problem = ""


class Desk:
    """Holds what the last link check published and takes up the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = (0, LinkChecks())

    def current(self) -> LinkChecks:
        """What the last link check published; nothing when there was none."""
        stamp = links.stamp(self._folder)
        if stamp != self._held[0]:
            self._held = (stamp, links.published(self._folder))
        return self._held[1]


def init_app(app: Flask) -> None:
    """Give the application its shelf and its desk, and each answer the id of the edition that it was made from."""
    app.extensions["signpost_desk"] = Desk(app.config["SIGNPOST"].index_dir)
    app.extensions["signpost_shelf"] = held = Shelf(app.config["SIGNPOST"].index_dir)
    with suppress(EditionError):  # it can come later
        held.current()

    @app.after_request
    def say_edition(response: Response) -> Response:
        if "edition" in g:
            response.headers["Signpost-Edition"] = g.edition.id
        return response


def shelf() -> Shelf:
    """What holds the edition."""
    held: Shelf = current_app.extensions["signpost_shelf"]
    return held


def edition() -> Edition:
    """The edition of this request."""
    held: Edition | None = g.get("edition")
    if held is None:
        held = g.edition = shelf().current()
    return held


def link_checks() -> LinkChecks:
    """What the link checks conclude, as this request sees it."""
    if "link_checks" not in g:
        desk: Desk = current_app.extensions["signpost_desk"]
        g.link_checks = desk.current()
    held: LinkChecks = g.link_checks
    return held


def as_linked(entry: Entry) -> Entry:
    """The entry with links that readers can follow: those that are dead, or that others have taken over, count as no longer in use."""
    checks = link_checks().verdicts
    broken = {use.url for use in entry.citations if use.url in checks and checks[use.url].kind in NOT_LINKED}
    if not broken:
        return entry
    return replace(
        entry,
        links=tuple(replace(link, dead=link.dead or link.url in broken) for link in entry.links),
        citations=tuple(use for use in entry.citations if use.url not in broken),
        summary_html=_unlinked(entry.summary_html, broken),
        sections=tuple(replace(section, html=_unlinked(section.html, broken)) for section in entry.sections),
    )


def _unlinked(html: str, broken: Set[str]) -> str:
    """A text without its links to some addresses; the words of the links stay."""
    if not any(escape(url) in html for url in broken):
        return html
    soup = BeautifulSoup(html, "html.parser")
    for anchor in soup.find_all("a", href=lambda url: url in broken):
        anchor.append(" (link no longer in use)")
        anchor.unwrap()
    return str(soup)


def presences_of(contact: Contact) -> list[Presence]:
    """What the link checks saw of a contact's number and e-mail on the page that is the evidence for them."""
    page = contact.verified.page if contact.verified else ""
    return [seen for seen in link_checks().presences if page and seen.url == page and seen.value in (contact.phone, contact.email)]


def may_be_called(contact: Contact) -> bool:
    """Whether to offer a contact as one to use now: trusted, and still on the page that is the evidence for it, as far as we know."""
    lost = contact.phone not in EMERGENCY and any(not seen.found for seen in presences_of(contact))
    return not lost and is_trusted(contact, date.today())


def verdict_stamp() -> int:
    """Changes whenever a link check publishes; 0 when none has."""
    return links.stamp(current_app.config["SIGNPOST"].index_dir)


def picked(name: str, known: Container[str]) -> str:
    """The value of a filter in the address, if it is one that there is."""
    given = request.args.get(name, "")
    return given if given in known else ""


def printable(text: str, most: int) -> str:
    """What a reader typed, cut to size, in one line, without characters that no reader can mean and XML cannot hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:most]).split())


def day_asked(args: MultiDict[str, str]) -> str:
    """The day whose standing is wanted, if it is a day at all and one can have been."""
    return past_day(args.get("as_at", ""))


def past_day(text: str) -> str:
    """A day, month or year that has begun; nothing for any other text."""
    try:
        return text if earliest(text) <= date.today() else ""
    except ValueError:
        return ""
