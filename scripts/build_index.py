"""Build an edition from the content folder and publish it. Exit 1 if the content has problems, 2 if it cannot be written."""

import argparse
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost import content, search
from signpost.settings import Settings


def main() -> int:
    """Check, build, publish, and say what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, metavar="FILE.tar.gz", help="put the edition here too, with its sum in FILE.tar.gz.sha256")
    archive = parser.parse_args().archive
    settings = Settings.from_environment()
    try:
        library = content.load(settings.content_dir, date.today())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in library.problems:
        print(problem, file=sys.stderr)
    if library.problems:
        print(f"{len(library.problems)} problems: no edition was built; the last good one stays.", file=sys.stderr)
        return 1
    try:
        entries = list(library.entries.values())
        made = search.publish(settings.index_dir, entries, library.vocabulary, settings.keep_editions, show_progress, library.guides)
    except search.EditionError as error:
        print(f"{error}; the last good edition stays.", file=sys.stderr)
        return 2
    print(f"edition {made.id}: {made.entries} entries, {made.sections} sections, {made.seconds:.1f} s, {made.bytes / 1e6:.1f} MB")
    try:
        if archive:
            search.pack(settings.index_dir, archive)
    except search.EditionError as error:
        print(f"no archive was made: {error}", file=sys.stderr)
        return 2
    return 0


def show_progress(done: int, total: int) -> None:
    """A counter that stays on one line of a terminal, and is silent elsewhere."""
    if sys.stderr.isatty():
        print(f"\rindexing {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
