"""/pack: entries that a trainer takes away. The pack is its address; a cookie keeps it only when the reader asks."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signpost.formats import text
from signpost.formats.word import Pack, Wording, qr_svg, word
from signpost.model import Change, Entry
from signpost.web.changes import whole_day
from signpost.web.entries import answer_as, whole_address
from signpost.web.reading import as_linked, edition, may_be_called, past_day, printable
from signpost.web.show import day_in_words, label, nations_in_words

pages = Blueprint("pack", __name__)

COOKIE = "signpost_pack"
COOKIE_DAYS = 90
MOST = 60
"""Entries of one pack: its address must stay short enough for any browser and code."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.after_request
def personal(answer: Response) -> Response:
    """A pack may come from a reader's cookie: nothing between us and the reader, our own memory included, gives it to anybody else."""
    answer.vary.add("Cookie")
    return answer


@pages.get("/pack")
def page() -> ResponseReturnValue:
    """The pack of the address; without one, the pack that the reader asked to keep."""
    kept = request.cookies.get(COOKIE, "")
    if not request.args and _slugs(parse_qs(kept)):
        return redirect(f"{url_for('pack.page')}?{_query(_named(parse_qs(kept)))}")
    pack = asked()
    return render_template(
        "pack.html", pack=pack, slugs=[entry.slug for entry in pack.entries], query=_query(pack), moves=_moves(pack), kept=bool(kept)
    )


@pages.post("/pack/keep")
def keep() -> ResponseReturnValue:
    """Keep the pack in this browser, because the reader asked for it."""
    query = _query(_named(request.form.to_dict(flat=False)))
    answer = redirect(f"{url_for('pack.page')}?{query}", 303)
    answer.set_cookie(COOKIE, query, max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="Strict", secure=request.is_secure, path="/pack")
    return answer


@pages.post("/pack/forget")
def forget() -> ResponseReturnValue:
    """Forget the pack that this browser keeps."""
    answer = redirect(url_for("pack.page"), 303)
    answer.delete_cookie(COOKIE, path="/pack", httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


@pages.get("/pack.docx")
def as_word() -> Response:
    """The pack as a Word document."""
    pack = asked()
    wording = Wording(
        address_of=whole_address,
        nations=nations_in_words,
        status=lambda status: label(status, "statuses"),
        day=day_in_words,
        trusted=may_be_called,
        check_address=_check_address(pack),
        today=date.today(),
    )
    return answer_as(word(pack, wording), WORD, "signpost-pack.docx")


@pages.get("/pack.csv")
def as_csv() -> Response:
    """The pack as a spreadsheet."""
    return answer_as(text.table(asked().entries, whole_address), "text/csv", "signpost-pack.csv")


@pages.get("/pack.ris")
def as_ris() -> Response:
    """The pack for a reference manager."""
    return answer_as(text.ris(asked().entries, whole_address), "application/x-research-info-systems", "signpost-pack.ris")


@pages.get("/pack/print")
def for_print() -> str:
    """The pack whole, one entry a sheet, with its date and the code to check it by."""
    pack = asked()
    return render_template("pack-print.html", pack=pack, check=_check_address(pack), query=_query(pack), day=date.today())


@pages.get("/pack/code.svg")
def code() -> Response:
    """The code on a printed pack."""
    return answer_as(qr_svg(_check_address(asked())), "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Since:
    """What happened to one entry since a pack was taken."""

    entry: Entry
    changes: tuple[Change, ...]


@pages.get("/pack/check")
def check() -> str:
    """What has changed since a pack was taken: '2 of 9 entries changed since 3 May'."""
    pack, on = asked(), past_day(request.args.get("on", ""))
    on = on if len(on) == len("2026-11-23") else ""
    since = [Since(e, tuple(c for c in e.history if whole_day(c.on) > on)) for e in pack.entries] if on else []
    gone = [slug for slug in _slugs(request.args.to_dict(flat=False)) if edition().covered_by.get(slug, slug) not in edition().by_slug]
    return render_template(
        "pack-check.html", pack=pack, on=on, changed=[one for one in since if one.changes], gone=gone, query=_query(pack)
    )


def asked() -> Pack:
    """The pack of the address."""
    return _named(request.args.to_dict(flat=False))


def _named(values: dict[str, list[str]]) -> Pack:
    """Whatever is in an address, form or cookie → a pack of entries that exist."""
    now = edition()
    slugs = [now.covered_by.get(slug, slug) for slug in _slugs(values)]
    title, note = (printable((values.get(name) or [""])[0], most) for name, most in (("title", 120), ("note", 500)))
    entries = tuple(as_linked(now.by_slug[slug]) for slug in dict.fromkeys(slugs) if slug in now.by_slug)
    return Pack(title or "Pack from Signpost", note, entries)


def _slugs(values: dict[str, list[str]]) -> list[str]:
    return values.get("entry", [])[:MOST]


def _query(pack: Pack) -> str:
    """The address of a pack, without its path."""
    pairs = [("entry", entry.slug) for entry in pack.entries]
    pairs += [("title", pack.title)] if pack.title != "Pack from Signpost" else []
    pairs += [("note", pack.note)] if pack.note else []
    return urlencode(pairs)


def _check_address(pack: Pack) -> str:
    slugs = urlencode([("entry", entry.slug) for entry in pack.entries])
    return f"{url_for('pack.check', _external=True)}?{slugs}&on={date.today().isoformat()}"


def _moves(pack: Pack) -> list[dict[str, Any]]:
    """For each entry: the packs in which it is one up, one down, or gone."""
    moves = []
    for place in range(len(pack.entries)):
        rest = [*pack.entries[:place], *pack.entries[place + 1 :]]
        ways = {"drop": rest}
        if place:
            ways["up"] = [*rest[: place - 1], pack.entries[place], *rest[place - 1 :]]
        if place < len(rest):
            ways["down"] = [*rest[: place + 1], pack.entries[place], *rest[place + 1 :]]
        moves.append({way: f"{url_for('pack.page')}?{_query(Pack(pack.title, pack.note, tuple(ways[way])))}" for way in ways})
    return moves
