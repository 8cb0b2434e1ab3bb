"""What every link check saw, kept in SQLite. Knows no network, no entries and no verdicts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from signpost.links.judge import Observation
from signpost.model import LinkRun, Presence

MIGRATIONS = (
    """
    CREATE TABLE observation (
        url TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, final_url TEXT NOT NULL,
        PRIMARY KEY (url, at)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE observation ADD COLUMN title TEXT NOT NULL DEFAULT '';
    ALTER TABLE observation ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
    UPDATE observation SET outcome = CASE WHEN detail LIKE '410%' THEN 'gone' WHEN detail LIKE '4%' THEN 'missing' ELSE 'unreachable' END
        WHERE outcome = 'failing';
    CREATE TABLE run (id INTEGER PRIMARY KEY, began TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '', kinds TEXT NOT NULL DEFAULT '{}');
    CREATE TABLE presence (
        value TEXT NOT NULL, url TEXT NOT NULL, at TEXT NOT NULL, found INTEGER NOT NULL, run INTEGER NOT NULL,
        PRIMARY KEY (value, url, at)
    ) WITHOUT ROWID;
    """,
)
"""Each brings the database one version on; PRAGMA user_version says how many have run."""

RESUMABLE = timedelta(hours=24)
"""A run that was cut off is carried on for so long; then a new one begins."""

_kinds = TypeAdapter(dict[str, int])


class History:
    """The history, ready to be written by one run at a time. Whatever was remembered survives a kill."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def begin(self, now: datetime) -> int:
        """The run that was cut off less than a day ago, else a new one."""
        row = self._database.execute("SELECT id, began FROM run WHERE ended = '' ORDER BY id DESC LIMIT 1").fetchone()
        if row and now - datetime.fromisoformat(row[1]) < RESUMABLE:
            return int(row[0])
        with self._database:
            made = self._database.execute("INSERT INTO run (began) VALUES (?)", [_stamp(now)])
        return int(made.lastrowid or 0)

    def end(self, run: int, now: datetime, kinds: dict[str, int]) -> None:
        """The run is whole."""
        with self._database:
            self._database.execute("UPDATE run SET ended = ?, kinds = ? WHERE id = ?", [_stamp(now), _kinds.dump_json(kinds).decode(), run])

    def forget(self, run: int) -> None:
        """As if the run had never been."""
        with self._database:
            for table, column in (("observation", "run"), ("presence", "run"), ("run", "id")):
                self._database.execute(f"DELETE FROM {table} WHERE {column} = ?", [run])  # noqa: S608 (our own names)

    def seen_in(self, run: int) -> set[str]:
        """The addresses that a run has already looked at."""
        return {row[0] for row in self._database.execute("SELECT url FROM observation WHERE run = ?", [run])}

    def remember(self, run: int, look: Observation, presences: dict[str, bool]) -> None:
        """Keep one look, and whether the page still held the numbers and e-mails that it is evidence for."""
        row = [look.url, look.at, look.word, look.evidence, look.final_url, look.title, run]
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO observation (url, at, outcome, detail, final_url, title, run) VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?)",
                [[value, look.url, look.at, found, run] for value, found in presences.items()],
            )

    def observations(self) -> dict[str, list[Observation]]:
        """Every look at every address, oldest first."""
        found: dict[str, list[Observation]] = {}
        rows = self._database.execute("SELECT url, at, outcome, detail, final_url, title FROM observation ORDER BY url, at")
        for row in rows:
            found.setdefault(row[0], []).append(Observation(*row))
        return found

    def presences(self) -> tuple[Presence, ...]:
        """For each number and page: the last look, and the last time that it was found."""
        rows = self._database.execute(
            "SELECT value, url, max(at), found, (SELECT max(at) FROM presence AS old"
            " WHERE old.value = new.value AND old.url = new.url AND found) FROM presence AS new GROUP BY value, url"
        )
        return tuple(Presence(value, url, at, bool(found), last or "") for value, url, at, found, last in rows)

    def runs(self) -> tuple[LinkRun, ...]:
        """Every whole run, oldest first."""
        rows = self._database.execute("SELECT began, ended, kinds FROM run WHERE ended != '' ORDER BY id")
        return tuple(LinkRun(began, ended, _kinds.validate_json(kinds)) for began, ended, kinds in rows)


@contextmanager
def opened(path: Path) -> Iterator[History]:
    """The history, brought up to date and ready to be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            database.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")
        yield History(database)


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
