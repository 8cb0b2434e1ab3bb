"""Verdicts and entries → what to repair first. Pure: knows no network, no database and no page."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase

from signpost.links.cited import Cited, Uses, cited_by
from signpost.model import Citation, Entry, Excuse, Finding, LinkChecks, LinkReport, LostContact, Use, Verdict

BY_HAND = ("blocked", "not-checked")
SEVERITY = {"hijacked": 2.0, "dead": 1.0, "suspect": 0.5, "moved": 0.2}
"""How bad each verdict is for whoever follows the link."""
CONTACT, STATUTORY, ALONE, OTHER = 100, 60, 40, 20
"""How bad it is for the reader of an entry to lose its link."""
OLD = 0.25
"""What is superseded or closed is read for history."""
NOT_FOLLOWED = 0.5
"""A page that we learned from matters less than the document itself."""
DAYS = 30
"""After so many days a breakage counts half as much again."""


def report(entries: Sequence[Entry], excuses: Sequence[Excuse], checks: LinkChecks, today: date) -> LinkReport:
    """Every external address of the entries, sorted by what a maintainer has to do about it."""
    cited = cited_by(entries)
    alone = _without_alternative(entries)
    findings = [_finding(url, uses, checks, excuses, alone, today) for url, uses in cited.items()]
    findings.sort(key=lambda finding: -finding.harm)
    open_findings = [finding for finding in findings if not finding.excuse]
    repairs = [f for f in open_findings if f.verdict.kind in SEVERITY and not _too_early(f.verdict)]
    return LinkReport(
        lost=tuple(_lost(cited, checks)),
        repairs=tuple(repairs),
        watched=tuple(f for f in open_findings if _too_early(f.verdict)),
        by_hand=tuple(f for f in open_findings if f.verdict.kind in BY_HAND and f.verdict.checked),
        unseen=tuple(f for f in open_findings if not f.verdict.checked and f.verdict.kind in BY_HAND),
        excused=tuple(f for f in findings if f.excuse),
        expired=tuple(excuse for excuse in excuses if _has_expired(excuse, today)),
        working=tuple(f for f in open_findings if f.verdict.kind == "working"),
        turns=checks.turns,
        runs=checks.runs,
    )


def _finding(url: str, uses: Uses, checks: LinkChecks, excuses: Sequence[Excuse], alone: frozenset[str], today: date) -> Finding:
    verdict = checks.verdicts.get(url) or Verdict(url=url, kind="not-checked", summary="Nobody has looked yet.")
    used = tuple(Use(entry, citation, _paste(verdict, citation)) for entry, citation in uses)
    if verdict.kind not in SEVERITY:
        return Finding(verdict, used, excuse=_excuse(verdict, excuses, today))
    harm, why = max((_harm(entry, citation, alone) for entry, citation in uses), key=lambda one: one[0])
    if days := _days_broken(verdict, today):
        why = (*why, f"broken for {days} days")
    harm *= SEVERITY[verdict.kind] * (1 + min(days, DAYS) / DAYS / 2)
    return Finding(verdict, used, harm, why, _excuse(verdict, excuses, today))


def _too_early(verdict: Verdict) -> bool:
    """What fails, but not for long enough to be dead, may come back. What is wrong in another way will not."""
    return verdict.kind == "suspect" and verdict.streak > 0


def _harm(entry: Entry, citation: Citation, alone: frozenset[str]) -> tuple[float, tuple[str, ...]]:
    if citation.where == "contact" or entry.kind in ("contact", "service"):
        harm, why = CONTACT, "people call or write by this entry"
    elif entry.force in ("statutory", "act", "regulations"):
        harm, why = STATUTORY, "the law or statutory guidance"
    elif entry.slug in alone:
        harm, why = ALONE, "no other entry serves this subject in one of its nations"
    else:
        harm, why = OTHER, ""
    reasons = [why] if why else []
    factor = 1.0
    if entry.status != "current":
        factor *= OLD
        reasons.append("the entry is not current")
    if citation.where == "source":
        factor *= NOT_FOLLOWED
        reasons.append("a source, not the document itself")
    return harm * factor, tuple(reasons)


def _days_broken(verdict: Verdict, today: date) -> int:
    since = verdict.failing_since or (verdict.last_working if verdict.kind in ("hijacked", "suspect") else "")
    return max(0, (today - datetime.fromisoformat(since).date()).days) if since else 0


def _without_alternative(entries: Sequence[Entry]) -> frozenset[str]:
    """Current entries that are the only current one of their kind on their first subject, in at least one nation."""
    served: dict[tuple[str, str, str], list[str]] = {}
    for entry in entries:
        if entry.status == "current":
            for nation in entry.nations:
                served.setdefault((entry.kind, entry.topics[0], nation), []).append(entry.slug)
    return frozenset(slugs[0] for slugs in served.values() if len(slugs) == 1)


def _paste(verdict: Verdict, citation: Citation) -> str:
    """The words to put in the place of a citation, ready to paste."""
    key = {"link": "url: ", "contact": "page: ", "source": "page: "}.get(citation.where, "")
    if verdict.kind == "moved":
        return f"{key}{verdict.final_url}"
    if verdict.kind in ("dead", "hijacked"):
        return "dead: true" if citation.where == "link" else f"{key}{verdict.archived}" if verdict.archived_seen else ""
    return ""


def _excuse(verdict: Verdict, excuses: Iterable[Excuse], today: date) -> Excuse | None:
    """The excuse of an address that does not work as it should. Nothing excuses a squatter."""
    if verdict.kind in ("working", "hijacked"):
        return None
    return next((e for e in excuses if fnmatchcase(verdict.url, e.pattern) and not _has_expired(e, today)), None)


def _has_expired(excuse: Excuse, today: date) -> bool:
    return date.fromisoformat(excuse.expires) < today


def _lost(cited: Cited, checks: LinkChecks) -> Iterable[LostContact]:
    """Contacts whose number was looked for on its page and not found."""
    for presence in checks.presences:
        if presence.found:
            continue
        uses = [Use(entry, citation, "") for entry, citation in cited.get(presence.url, ()) if presence.value in citation.shows]
        if uses:
            yield LostContact(presence, tuple(uses))
