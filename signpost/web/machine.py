"""What programs ask for: sitemap, robots, OpenSearch and whether the site is well."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for

from signpost.web.changes import whole_day
from signpost.web.entries import answer_as, whole_address
from signpost.web.reading import edition, link_checks, shelf

pages = Blueprint("machine", __name__)

STANDING_PAGES = (
    "browse.home",
    "guide.page",
    "nations.index",
    "nations.compare",
    "contacts.page",
    "browse.topics",
    "browse.audiences",
    "browse.a_to_z",
)


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page worth finding from outside, with the day of its last change."""
    now = edition()
    built = now.built.date().isoformat()
    addresses = [(url_for(endpoint, _external=True), built) for endpoint in STANDING_PAGES]
    for nation in now.vocabulary.nations:
        addresses.append((url_for("nations.nation", nation=nation, _external=True), built))
    for topic in now.vocabulary.topics:
        addresses.append((url_for("browse.topic", topic=topic, _external=True), built))
    for entry in now.entries:
        addresses.append((whole_address(entry.slug), whole_day(entry.history[0].on)))
    return answer_as(render_template("feeds/sitemap.xml", pages=addresses), "application/xml")


@pages.get("/opensearch.xml")
def opensearch() -> Response:
    """How a browser can search here."""
    return answer_as(render_template("feeds/opensearch.xml"), "application/opensearchdescription+xml")


@pages.get("/robots.txt")
def robots() -> Response:
    """Entries may be found by search engines; result pages need not."""
    lines = [
        "User-agent: *",
        "Disallow: /search",
        "Disallow: /suggest",
        "Disallow: /links",
        "",
        f"Sitemap: {url_for('machine.sitemap', _external=True)}",
    ]
    return answer_as("\n".join(lines) + "\n", "text/plain")


@pages.get("/healthz")
def healthz() -> Response:
    """Whether this process answers at all."""
    return jsonify(alive=True)


@pages.get("/readyz")
def readyz() -> Response:
    """Whether there is an edition to serve, how old it is, and when links were last checked; 503 when there is none."""
    return jsonify(readiness())


def readiness() -> dict[str, Any]:
    """The edition and its age, and when links were last checked; None where they never were. Raises EditionError.

    `problem` says why an edition that was published later is not served.
    """
    now, clock = edition(), datetime.now(UTC)
    runs = link_checks().runs
    return {
        "edition": now.id,
        "entries": len(now.entries),
        "age_seconds": int((clock - now.built).total_seconds()),
        "links_checked": runs[-1].ended if runs else None,
        "links_age_seconds": int((clock - datetime.fromisoformat(runs[-1].ended)).total_seconds()) if runs else None,
        "problem": shelf().problem or None,
    }
