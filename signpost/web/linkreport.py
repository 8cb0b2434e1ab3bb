"""/links: what the link checks found, and which entries cite each address."""

from flask import Blueprint, render_template

from signpost import links
from signpost.model import Verdict
from signpost.web.reading import edition, verdicts
from signpost.web.show import VERDICT_WORDS

pages = Blueprint("linkreport", __name__)

WORST_FIRST = ("suspect", "moved", "blocked", "not-checked", "working")


@pages.get("/links")
def page() -> str:
    """Every external address, the worst first."""
    known = verdicts()
    cited = links.citations(edition().entries)
    rows = [(known.get(url) or Verdict(url, "not-checked", "Nobody has looked yet.", ""), uses) for url, uses in cited.items()]
    groups = [(kind, [row for row in rows if row[0].kind == kind]) for kind in WORST_FIRST]
    last = max((verdict.checked for verdict in known.values()), default="")
    return render_template("links.html", groups=[g for g in groups if g[1]], total=len(rows), last=last, words=VERDICT_WORDS)
