"""Serve an edition that was built elsewhere, or go back to an earlier one. Exit 1 if it is refused; what is served then stays."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost import search
from signpost.settings import Settings


def main() -> int:
    """Take the archive, or go back, and say which edition is served now."""
    parser = argparse.ArgumentParser(description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("archive", nargs="?", type=Path, help="made by scripts/build_index.py --archive; its .sha256 lies beside it")
    wanted.add_argument("--back", nargs="?", const="", metavar="EDITION", help="to this edition, or to the one before the current")
    asked = parser.parse_args()
    settings = Settings.from_environment()
    try:
        if asked.archive:
            now = search.take(settings.index_dir, asked.archive, settings.keep_editions)
        else:
            now = search.go_back(settings.index_dir, asked.back)
    except search.EditionError as error:
        print(f"{error}; the edition that is served stays.", file=sys.stderr)
        return 1
    print(f"edition {now} is served")
    return 0


if __name__ == "__main__":
    sys.exit(main())
