"""List addresses that have moved for good, and write the new ones into the entries. Exit 1 when one could not be.

Asks about each move; --yes accepts, without asking, those that only change http to https on the same host. Afterwards: git diff.
"""

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click

from signpost import links, search
from signpost.links import repair
from signpost.settings import Settings


@click.command(help=__doc__)
@click.option("--yes", is_flag=True, help="Accept changes from http to https on the same host; list the others.")
@click.option("--list", "only_list", is_flag=True, help="Change nothing.")
def main(yes: bool, only_list: bool) -> None:
    """Go through the moves of the last link check."""
    settings = Settings.from_environment()
    try:
        edition = search.load(settings.index_dir)
    except search.EditionError as error:
        raise click.ClickException(f"{error}; run scripts/build_index.py first.") from error
    checks = links.published(settings.index_dir)
    if not checks.runs:
        raise click.ClickException("no link check has been run; run scripts/check_links.py first.")
    report = links.report(edition.entries, edition.guides.link_exceptions, checks, date.today())
    written = lost = 0
    for move in repair.moves(report.repairs):
        click.echo(f"{move.path}:{move.line}\n  - {move.old}\n  + {move.new}")
        if only_list or (yes and not move.is_upgrade) or not (yes or click.confirm("  Write it?")):
            continue
        if repair.apply(move, settings.content_dir.parent):
            written += 1
            click.echo("  written")
        else:
            lost += 1
            click.echo(
                "  not written: the file has changed since the edition was built; run scripts/build_index.py and try again", err=True
            )
    if written:
        click.echo(f"{written} written: look at git diff, then run scripts/build_index.py")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
