"""Print every problem of every entry as path:line: message. Exit 1 if there is any."""

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost import content, currency
from signpost.settings import Settings


def main() -> int:
    """Check the content folder; the exit code says whether it may be built."""
    try:
        library = content.load(Settings.from_environment().content_dir, date.today())
    except ValueError as error:
        print(error)
        return 1
    for problem in library.problems:
        print(problem)
    if library.problems:
        print(f"{len(library.entries)} entries, {len(library.problems)} problems", file=sys.stderr)
        return 1
    for entry in library.entries.values():
        if currency.review_due(entry) < date.today():
            print(f"{entry.path}: due for review since {currency.review_due(entry)}", file=sys.stderr)
    print(f"{len(library.entries)} entries, {len(library.problems)} problems", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
