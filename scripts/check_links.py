"""Check every external link of the current edition. Exit 0 when all is well, 1 when links need attention, 2 when it could not run."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click

from signpost import links, search
from signpost.formats import link_report
from signpost.model import LinkReport
from signpost.settings import Settings


def main() -> int:
    """Look at every address, write the reports, and print what needs attention, the most harmful first."""
    settings = Settings.from_environment()
    manner = links.Manner(
        user_agent=f"Signpost/1.0 (link check; +{settings.link_contact})",
        timeout=settings.link_timeout,
        pause=settings.link_pause,
        allow_private=bool(settings.link_allow_private),
    )
    try:
        edition = search.load(settings.index_dir)
        cited = links.cited_by(edition.entries)
        with click.progressbar(length=len(cited), label="Looking at links", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            checks = links.check(settings.index_dir, cited, manner, lambda: datetime.now(UTC), lambda done, _: bar.update(done - bar.pos))
        found = links.report(edition.entries, edition.guides.link_exceptions, checks, date.today())
        write(settings.index_dir, found)
    except search.EditionError as error:
        print(f"{error}; run scripts/build_index.py first.", file=sys.stderr)
        return 2
    except (links.LinkCheckError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; what was seen is kept, and the next run carries on.", file=sys.stderr)
        return 2
    print(link_report.in_short(found))
    return 1 if found.needs_attention else 0


def write(folder: Path, found: LinkReport) -> None:
    """The report beside the edition, in every format, for mailing and for filing."""
    for suffix, made in link_report.FORMATS.items():
        folder.joinpath(f"link-report.{suffix}").write_text(made(found), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
