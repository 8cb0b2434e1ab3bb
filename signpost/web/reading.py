"""The edition and the link verdicts that a request reads: one of each from its first line to its last."""

import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flask import Flask, current_app, g
from werkzeug.datastructures import MultiDict

from signpost import links
from signpost.currency import earliest
from signpost.model import Verdict
from signpost.search import Edition, current_id, load


class Shelf:
    """Holds the current edition in memory and takes up a new one when it is published."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._edition: Edition | None = None

    def current(self) -> Edition:
        """The published edition. Raises EditionError when there is none or it is damaged."""
        published = current_id(self._folder)
        if self._edition is None or self._edition.id != published:
            with self._lock:
                if self._edition is None or self._edition.id != published:
                    self._edition = load(self._folder)
        return self._edition


def init_app(app: Flask) -> None:
    """Give the application its shelf."""
    app.extensions["signpost_shelf"] = Shelf(app.config["SIGNPOST"].index_dir)


def edition() -> Edition:
    """The edition of this request."""
    held: Edition | None = g.get("edition")
    if held is None:
        shelf: Shelf = current_app.extensions["signpost_shelf"]
        held = g.edition = shelf.current()
    return held


def verdicts() -> Mapping[str, Verdict]:
    """What the link checks conclude, as this request sees it."""
    if "verdicts" not in g:
        g.verdicts = links.verdicts(current_app.config["SIGNPOST"].index_dir / "links.sqlite")
    held: Mapping[str, Verdict] = g.verdicts
    return held


def verdict_stamp() -> int:
    """When the link verdicts were last published, in nanoseconds; 0 when they never were."""
    try:
        return Path(current_app.config["SIGNPOST"].index_dir, "links.json").stat().st_mtime_ns
    except OSError:
        return 0


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
