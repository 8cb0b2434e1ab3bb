"""/timeline: law, guidance and bodies in time, with what replaced what, as a picture and in words."""

from datetime import date
from itertools import groupby

from flask import Blueprint, render_template

from signpost.formats.timeline import timeline
from signpost.web.reading import edition, picked

pages = Blueprint("timeline", __name__)

KINDS = ("legislation", "guidance", "policy", "contact", "service", "form", "toolkit")
"""Law, guidance and bodies; what merely gathers or teaches has no place in history."""


@pages.get("/timeline")
def page() -> str:
    """The picture for one nation and kind, or for all."""
    now = edition()
    nation, kind = picked("nation", now.vocabulary.nations), picked("kind", KINDS)
    chosen = [e for e in now.entries if e.kind in ((kind,) if kind else KINDS) and (not nation or nation in e.nations)]
    picture = timeline(chosen, now.successors, date.today())
    return render_template(
        "timeline.html",
        picture=picture,
        by_year=[(year, list(bars)) for year, bars in groupby(picture.bars, key=lambda bar: bar.start.year)],
        undated=len(chosen) - len(picture.bars),
        nation=nation,
        kind=kind,
        kinds=[now.vocabulary.kinds[one] for one in KINDS],
    )
