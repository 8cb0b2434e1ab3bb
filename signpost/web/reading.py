"""The edition and the link verdicts that a request reads: one of each from its first line to its last."""

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from flask import Flask, Response, current_app, g
from werkzeug.datastructures import MultiDict

from signpost import links
from signpost.currency import earliest
from signpost.model import Verdict
from signpost.search import Edition, EditionError, current_id, load

TRY_AGAIN = 5.0
"""Seconds after which an edition that could not be read is read again: somebody may have mended its files."""

log = logging.getLogger(__name__)


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


def init_app(app: Flask) -> None:
    """Give the application its shelf, and each answer the id of the edition that it was made from."""
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
    if "edition" not in g:
        g.edition = shelf().current()
    held: Edition = g.edition
    return held


def verdicts() -> Mapping[str, Verdict]:
    """What the link checks conclude, as this request sees it."""
    if "verdicts" not in g:
        g.verdicts = links.verdicts(current_app.config["SIGNPOST"].index_dir / "links.sqlite")
    held: Mapping[str, Verdict] = g.verdicts
    return held


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
