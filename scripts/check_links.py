"""Check every external link of the current edition. Exit 0 when all is well, 1 when links need attention, 2 when it could not run."""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost import links, search
from signpost.settings import Settings


def main() -> int:
    """Look at each address once, remember what was seen, and print what needs attention with the entries that cite it."""
    settings = Settings.from_environment()
    history = settings.index_dir / "links.sqlite"
    try:
        cited = links.citations(search.load(settings.index_dir).entries)
        print(f"{len(cited)} addresses to look at", file=sys.stderr)
        seen = list(links.look_at(list(cited), f"Signpost/1.0 (+{settings.link_contact})"))
        with links.opened(history) as database:
            links.remember(database, seen, datetime.now(UTC))
    except (search.EditionError, links.LinkCheckError, OSError) as error:
        print(f"{error}; run scripts/build_index.py first if there is no edition.", file=sys.stderr)
        return 2
    bad = [verdict for url, verdict in links.verdicts(history).items() if verdict.kind == "suspect" and url in cited]
    for verdict in bad:
        print(f"{verdict.url}\n  {verdict.summary}\n  cited by {', '.join(sorted({c.slug for c in cited[verdict.url]}))}")
    print(f"{len(seen)} looked at, {len(bad)} need attention")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
