"""/nations/: what applies in each nation, what is missing there, and nations side by side."""

from flask import Blueprint, abort, render_template, request

from signpost.model import Entry, Row
from signpost.vocabulary import UK_NATIONS
from signpost.web.browse import by_kind, term_index
from signpost.web.reading import edition

pages = Blueprint("nations", __name__)

FEWEST = 2
"""Nations that can be compared."""


@pages.get("/nations/")
def index() -> str:
    """Every nation."""
    return term_index("Nations", "nation", edition().vocabulary.nations)


@pages.get("/nations/<nation>")
def nation(nation: str) -> str:
    """What a trainer needs of one nation: the answers to common questions, what is missing, whom to call, and every entry by kind."""
    now = edition()
    if nation not in now.vocabulary.nations:
        abort(404)
    found = [entry for entry in now.entries if nation in entry.nations]
    rows = [row for row in now.guides.comparison if nation in row.cells]
    return render_template(
        "nation.html",
        term=now.vocabulary.nations[nation],
        kinds=by_kind(found),
        total=len(found),
        rows=rows,
        missing=[row for row in rows if row.cells[nation].none_found],
        partial=[entry for entry in found if nation in entry.extent],
        route=next((route for route in now.guides.what_to_do.nations if route.id == nation), None),
    )


@pages.get("/nations/compare")
def compare() -> str:
    """Two to four nations side by side: a row for each question."""
    now = edition()
    picked = [nation for nation in UK_NATIONS if nation in request.args.getlist("nation")]
    chosen = picked if len(picked) >= FEWEST else list(UK_NATIONS)
    return render_template(
        "compare.html",
        rows=now.guides.comparison,
        nations=[now.vocabulary.nations[nation] for nation in UK_NATIONS],
        chosen=[now.vocabulary.nations[nation] for nation in chosen],
        too_few=bool(request.args.getlist("nation")) and len(picked) < FEWEST,
        entries_of=entries_of,
    )


def entries_of(row: Row, nation: str) -> list[Entry]:
    """The entries that a cell rests on."""
    return [edition().by_slug[target.partition("#")[0]] for target in row.cells[nation].entries]
