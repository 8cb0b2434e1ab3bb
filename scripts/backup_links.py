"""Copy the link history to a folder, or put a copy back. Knows SQLite's backup, not what the history holds. Exit 2 if it cannot."""

import argparse
import sqlite3
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost.settings import Settings

KEEP = 14
"""Copies that stay: two weeks of daily checks."""


class BackupError(Exception):
    """There is nothing to copy, or the copy is damaged. The message is for the operator."""


def copy(source: Path, target: Path) -> None:
    """Make `target` a whole copy of `source`, even while a check writes there. Raises BackupError, OSError or sqlite3.Error."""
    if not source.is_file():
        raise BackupError(f"there is no {source}")
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(new)) as copied:
        old.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")
        if (found := copied.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise BackupError(f"{source} is damaged: {found}")
    for leftover in ("-wal", "-shm"):  # they belong to the file that is being replaced
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    new.replace(target)


def main() -> int:
    """Back up, or restore."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("where", type=Path, help="the folder for copies; with --restore, the copy to put back")
    arguments.add_argument("--restore", action="store_true", help="put a copy back; let no link check run meanwhile")
    options = arguments.parse_args()
    history = Settings.from_environment().index_dir / "links.sqlite"
    try:
        if options.restore:
            copy(options.where, history)
            print(f"{history} is as it was in {options.where}")
        else:
            options.where.mkdir(parents=True, exist_ok=True)
            copied = options.where / f"links-{date.today().isoformat()}.sqlite"
            copy(history, copied)
            for old in sorted(options.where.glob("links-*.sqlite"))[:-KEEP]:
                old.unlink()
            print(copied)
    except (BackupError, OSError, sqlite3.Error) as error:
        print(f"{error}; nothing was changed.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
