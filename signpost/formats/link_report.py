"""The link report → JSON, CSV, Markdown and a page to mail. Pure.

Words that came from other sites are shown as they are, never as markup.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from io import StringIO
from typing import Any

from signpost.formats.text import safe_cell
from signpost.model import Finding, LinkReport, Use

FINDINGS = ("repairs", "watched", "by_hand", "unseen", "excused", "working")
"""The parts of the report that hold addresses."""
COLUMNS = ["part", "verdict", "address", "summary", "advice", "last_working", "failing_since", "harm", "why", "entries", "places", "paste"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: a title, and lines below it. Both may hold other people's words."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Things of one sort."""

    heading: str
    note: str
    items: tuple[Item, ...]


def parts(report: LinkReport) -> list[Part]:
    """The report in the order in which a maintainer reads it. Parts without items are left out."""
    lost = tuple(
        Item(
            one.presence.value,
            (_last_found(one.presence.last_found), f"page: {one.presence.url}", *(f"in {use.place}" for use in one.uses)),
        )
        for one in report.lost
    )
    expired = tuple(Item(e.pattern, (f"expired on {e.expires}", f"{e.who}: {e.reason}")) for e in report.expired)
    excused = tuple(
        Item(f.verdict.url, (f.verdict.summary, f"excused until {f.excuse.expires} by {f.excuse.who}: {f.excuse.reason}"))
        for f in report.excused
        if f.excuse
    )
    every = [
        Part("Contacts that are gone from their page", "Ring or write before anything else, then mend or close the contact.", lost),
        Part("Excuses that have expired", "Look again, then renew or delete them in content/link_exceptions.yaml.", expired),
        Part("Repair these, first things first", "", tuple(map(_item, report.repairs))),
        Part(
            "Failing, but not for long: watch",
            "Nothing to do yet; the next checks will tell.",
            tuple(map(_item, report.watched)),
        ),
        Part("Open these yourself", "Programs may not or cannot look at them.", tuple(map(_item, report.by_hand))),
        Part("Excused", "Known, and left alone for a reason.", excused),
    ]
    return [part for part in every if part.items]


def _last_found(day: str) -> str:
    return f"last found there on {day[:10]}" if day else "never found there by a link check"


def _item(finding: Finding) -> Item:
    verdict = finding.verdict
    lines = [f"{verdict.kind}: {verdict.summary}", verdict.advice]
    if finding.why:
        lines.append(f"Why it matters: {'; '.join(finding.why)}.")
    if verdict.last_working:
        lines.append(f"Last worked {verdict.last_working[:10]}.")
    if verdict.archived:
        lines.append(f"Archived copy ({_copy(verdict.archived_seen)}): {verdict.archived}")
    lines += [f"in {use.place} ({use.citation.where})" + (f", write: {use.paste}" if use.paste else "") for use in finding.uses]
    return Item(verdict.url, tuple(filter(None, lines)))


def _copy(seen: str) -> str:
    return f"seen {seen[:10]}" if seen else "not checked"


def in_short(report: LinkReport) -> str:
    """What a terminal shows: the headline, then one line for each thing to do."""
    lines = [_headline(report)]
    for one in report.lost:
        lines.append(f"{one.uses[0].place}: {one.presence.value} is gone from {one.presence.url}")
    for excuse in report.expired:
        lines.append(f"content/link_exceptions.yaml: the excuse for {excuse.pattern} expired on {excuse.expires}")
    for finding in report.repairs:
        lines.append(f"{finding.uses[0].place}: {finding.verdict.kind}: {finding.verdict.url}")
    return "\n".join(lines)


def _headline(report: LinkReport) -> str:
    ended = f" Last run ended {report.runs[-1].ended[:16].replace('T', ' ')} UTC." if report.runs else " No run has ended yet."
    return f"{report.total} addresses, {report.needs_attention} need attention.{ended}"


def as_markdown(report: LinkReport) -> str:
    """For an issue tracker. Every word that is not ours stands in a code span, where nothing is markup and nobody is mentioned."""
    lines = ["# Link report", "", _headline(report), ""]
    for part in parts(report):
        lines += [f"## {part.heading} ({len(part.items)})", "", *([part.note, ""] if part.note else [])]
        for item in part.items:
            lines += [f"- {_code(item.title)}", *(f"  - {_code(line)}" for line in item.lines)]
        lines.append("")
    if report.turns:
        lines += ["## Changed with the last run", "", *(f"- {_code(t.url)}: {t.before} → {t.after}" for t in report.turns)]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"


def as_html(report: LinkReport) -> str:
    """A page that stands alone, for mailing. It links nowhere: some of these addresses must not be opened."""
    made = [
        "<!DOCTYPE html>",
        '<html lang="en-GB"><head><meta charset="utf-8"><title>Link report</title></head><body>',
        "<h1>Link report</h1>",
    ]
    made.append(f"<p>{escape(_headline(report))}</p>")
    for part in parts(report):
        made.append(f"<h2>{escape(part.heading)} ({len(part.items)})</h2><p>{escape(part.note)}</p><ol>")
        for item in part.items:
            made.append(
                f"<li><strong>{escape(item.title)}</strong><ul>{''.join(f'<li>{escape(line)}</li>' for line in item.lines)}</ul></li>"
            )
        made.append("</ol>")
    if report.turns:
        turns = "".join(f"<li>{escape(t.url)}: {t.before} → {t.after}</li>" for t in report.turns)
        made.append(f"<h2>Changed with the last run</h2><ul>{turns}</ul>")
    return "\n".join([*made, "</body></html>"]) + "\n"


def as_json(report: LinkReport) -> str:
    """Everything, for programs."""
    return json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n"


def as_data(report: LinkReport) -> dict[str, Any]:
    """The report as plain dictionaries; entries by their slug."""
    findings = {name: [_finding(f) for f in getattr(report, name)] for name in FINDINGS}
    return {
        "addresses": report.total,
        "needs_attention": report.needs_attention,
        "lost": [asdict(one.presence) | {"uses": list(map(_use, one.uses))} for one in report.lost],
        **findings,
        "expired": [asdict(excuse) for excuse in report.expired],
        "changed": [asdict(turn) for turn in report.turns],
        "runs": [asdict(run) for run in report.runs],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    excuse = asdict(finding.excuse) if finding.excuse else None
    facts = {"harm": round(finding.harm, 1), "why": finding.why, "excuse": excuse, "uses": [_use(use) for use in finding.uses]}
    return asdict(finding.verdict) | facts


def _use(use: Use) -> dict[str, Any]:
    return {"entry": use.entry.slug, "place": use.place, "where": use.citation.where, "section": use.citation.anchor, "paste": use.paste}


def as_csv(report: LinkReport) -> str:
    """One line an address, safe to open in a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow(map(safe_cell, row))
    return out.getvalue()


def _rows(report: LinkReport) -> Iterator[list[str]]:
    for one in report.lost:
        found = one.presence.last_found[:10]
        summary = f"{one.presence.value} is gone from this page"
        yield ["lost", "lost", one.presence.url, summary, "", found, "", "", "", _slugs(one.uses), _places(one.uses), ""]
    for part in FINDINGS:
        for finding in getattr(report, part):
            v, uses = finding.verdict, finding.uses
            row = [part, v.kind, v.url, v.summary, v.advice, v.last_working[:10], v.failing_since[:10], f"{finding.harm:.1f}"]
            pastes = dict.fromkeys(use.paste for use in uses if use.paste)
            yield [*row, "; ".join(finding.why), _slugs(uses), _places(uses), "; ".join(pastes)]


def _slugs(uses: Sequence[Use]) -> str:
    return "; ".join(dict.fromkeys(use.entry.slug for use in uses))


def _places(uses: Sequence[Use]) -> str:
    return "; ".join(use.place for use in uses)


FORMATS: dict[str, Callable[[LinkReport], str]] = {"html": as_html, "json": as_json, "csv": as_csv, "md": as_markdown}
"""Every format of the report, by file suffix."""
