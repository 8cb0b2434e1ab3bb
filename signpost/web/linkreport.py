"""/links: what the link checks found, what to repair first, and which entries cite each address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request

from signpost import links
from signpost.formats import link_report
from signpost.model import Finding, LinkReport, LinkRun, LostContact, Use
from signpost.web.entries import answer_as
from signpost.web.reading import edition, link_checks, picked, printable

pages = Blueprint("linkreport", __name__)

TYPES = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}
VERDICTS = ("hijacked", "dead", "suspect", "moved", "blocked", "not-checked", "working")
"""The worst first."""
BROKEN = ("hijacked", "dead", "suspect")
CHART_HEIGHT, COLUMN, MOST_RUNS = 160, 28, 26


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the report; each empty when not set."""

    verdict: str
    nation: str
    kind: str
    host: str

    def wants(self, finding: Finding) -> bool:
        """Whether a finding is what was asked for."""
        return self.verdict in ("", finding.verdict.kind) and self.fits(finding.verdict.url, finding.uses)

    def wants_lost(self, lost: LostContact) -> bool:
        """Whether a lost contact is what was asked for: it has no verdict."""
        return not self.verdict and self.fits(lost.presence.url, lost.uses)

    def fits(self, url: str, uses: Sequence[Use]) -> bool:
        """Whether an address and those who use it are of the nation, the kind and the site that were asked for."""
        return (
            (not self.nation or any(self.nation in use.entry.nations for use in uses))
            and (not self.kind or any(self.kind == use.entry.kind for use in uses))
            and self.host in (urlsplit(url).hostname or "")
        )


@pages.get("/links")
def page() -> str:
    """What needs repair, the most harmful first; what to watch; what only a person can look at; and the rest."""
    asked = _asked()
    whole = _whole()
    shown = _filtered(whole, asked)
    return render_template(
        "links.html",
        report=shown,
        whole=whole,
        counts={kind: sum(f.verdict.kind == kind for name in link_report.FINDINGS for f in getattr(whole, name)) for kind in VERDICTS},
        asked=asked,
        chart=_chart(whole.runs[-MOST_RUNS:]),
        kinds=[edition().vocabulary.kinds[kind] for kind in sorted({entry.kind for entry in edition().entries})],
        verdicts=VERDICTS,
    )


@pages.get("/links.<any(json, csv, md):twin>")
def as_other(twin: str) -> Response:
    """The report for programs, spreadsheets and issue trackers, with the same filters."""
    body = link_report.FORMATS[twin](_filtered(_whole(), _asked()))
    return answer_as(body, TYPES[twin], f"link-report.{twin}" if twin == "csv" else "")


def _whole() -> LinkReport:
    now = edition()
    return links.report(now.entries, now.guides.link_exceptions, link_checks(), date.today())


def _asked() -> Asked:
    known = edition().vocabulary
    return Asked(
        verdict=picked("verdict", VERDICTS),
        nation=picked("nation", known.nations),
        kind=picked("kind", known.kinds),
        host=printable(request.args.get("host", ""), 100).lower(),
    )


def _filtered(report: LinkReport, asked: Asked) -> LinkReport:
    findings = {name: tuple(filter(asked.wants, getattr(report, name))) for name in link_report.FINDINGS}
    return replace(report, **findings, lost=tuple(filter(asked.wants_lost, report.lost)))


def _chart(runs: tuple[LinkRun, ...]) -> list[dict[str, int | LinkRun]]:
    """A column for each run: how many addresses were broken, and how high that is in the picture."""
    broken = [sum(run.kinds.get(kind, 0) for kind in BROKEN) for run in runs]
    most = max([*broken, 1])
    heights = [round(count / most * (CHART_HEIGHT - 40)) for count in broken]
    return [
        {"run": run, "count": count, "x": 10 + n * COLUMN, "y": CHART_HEIGHT - 20 - height, "height": height}
        for n, (run, count, height) in enumerate(zip(runs, broken, heights, strict=True))
    ]
