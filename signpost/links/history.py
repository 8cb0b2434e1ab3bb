"""What every link check saw, kept in SQLite, and the verdicts that follow. Knows no network and no entries."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from signpost.links.linkchecker import Seen
from signpost.model import Verdict

MIGRATIONS = (
    """
    CREATE TABLE observation (
        url TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, final_url TEXT NOT NULL,
        PRIMARY KEY (url, at)
    ) WITHOUT ROWID;
    """,
)
"""Each brings the database one version on; PRAGMA user_version says how many have run."""

KINDS = {"working": "working", "moved": "moved", "blocked": "blocked", "failing": "suspect", "not-checked": "not-checked"}
SUMMARIES = {
    "working": "The page answered.",
    "moved": "The page answered from another address.",
    "blocked": "The site refused our program; the page may well work for people.",
    "suspect": "The page did not answer properly at the last look.",
    "not-checked": "Nobody has looked, or the site asks programs not to.",
}


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The history, brought up to date and ready to be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            with database:
                database.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")
        yield database


def remember(database: sqlite3.Connection, seen: Iterable[Seen], at: datetime) -> None:
    """Keep what was seen at one time."""
    rows = [(s.url, at.isoformat(timespec="seconds"), s.outcome, s.detail, s.final_url) for s in seen]
    with database:
        database.executemany("INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?, ?)", rows)


def verdicts(path: Path) -> dict[str, Verdict]:
    """The verdict on every address that was ever looked at; empty when no check has run."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        latest = database.execute("SELECT url, max(at), outcome, detail, final_url FROM observation GROUP BY url").fetchall()
        working = "SELECT url, max(at) FROM observation WHERE outcome IN ('working', 'moved') GROUP BY url"
        worked = dict(database.execute(working).fetchall())
    return {row[0]: _verdict(row, worked.get(row[0], "")) for row in latest}


def _verdict(row: tuple[str, str, str, str, str], last_working: str) -> Verdict:
    url, at, outcome, detail, final_url = row
    kind = KINDS[outcome]
    summary = f"{SUMMARIES[kind]} ({detail})" if detail else SUMMARIES[kind]
    return Verdict(url, kind, summary, at, last_working, final_url if final_url != url else "")
