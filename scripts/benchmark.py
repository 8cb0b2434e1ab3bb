"""Measure speed and print figures and ratios; each kind of benchmark is one module of scripts/benchmarks/."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.benchmarks import http, links, search


def main() -> int:
    """Run one kind of benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__)
    kinds = arguments.add_subparsers(required=True)
    kind = kinds.add_parser("search", help=search.__doc__)
    kind.set_defaults(run=lambda given: search.measure())
    kind = kinds.add_parser("http", help=http.__doc__)
    kind.add_argument("--entries", type=int, nargs="+", default=[], metavar="N", help="sizes of generated entries, in rising order")
    kind.set_defaults(run=lambda given: http.measure(given.entries))
    kind = kinds.add_parser("links", help=links.__doc__)
    kind.set_defaults(run=lambda given: links.measure())
    given = arguments.parse_args()
    result: int = given.run(given)
    return result


if __name__ == "__main__":
    sys.exit(main())
