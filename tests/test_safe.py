"""What keeps the site safe: headers on every answer, known names, limits, and no way out of static/."""

import http.client
from urllib.parse import urlencode, urlsplit

import pytest

from signpost.search.typed import LONGEST, MOST_WORDS, parse
from signpost.web import create_app
from signpost.web.openapi import ADDRESSES
from signpost.web.pack import MOST
from signpost.web.security import LARGEST_BODY
from tests.conftest import soup
from tests.laws import is_inert

SOME = {"slug": "new-age-guide", "nation": "wales", "topic": "age-assessment", "audience": "police"}
EVERY = [(path.format(**SOME), 200) for path in ADDRESSES]
ERRORS = [("/nope", 404), ("/entries/nope.json", 404), ("/static/nope", 404), ("/pack/keep", 405), ("/broken", 500), ("/broken.json", 500)]
STATIC = [(f"/static/{name}", 200) for name in ("signpost.css", "signpost.js", "icon.svg", "govuk/govuk-frontend.min.css")]


@pytest.fixture
def app(index_dir):
    """The site, with two routes that are broken."""
    app = create_app({"index_dir": index_dir})
    for path in ("/broken", "/broken.json"):
        app.add_url_rule(path, path, lambda: 1 / 0)
    return app


def is_shut(answer):
    """No inline code, no third party, no framing, no guessing, no cookie."""
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert set(rules.values()) == {"'none'", "'self'"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers
    if answer.mimetype == "text/html":
        is_inert(answer.text)
    answer.close()


@pytest.mark.parametrize(("path", "status"), [*EVERY, *ERRORS, *STATIC])
def test_every_answer_is_shut_against_inline_code_framing_and_third_parties(app, path, status):
    answer = app.test_client().get(path)
    assert answer.status_code == status
    is_shut(answer)
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/search", "/search.json"])
def test_a_503_is_shut_too(tmp_path, path):
    answer = create_app({"index_dir": tmp_path}).test_client().get(path)
    assert answer.status_code == 503
    is_shut(answer)


def test_a_browser_that_came_over_tls_is_told_to_stay_there(app):
    assert "max-age" in app.test_client().get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("proxies", "said", "believed"), [(0, "https", False), (1, "https", True), (1, "http", False), (1, "https, http", False)]
)
def test_a_proxy_is_believed_only_when_a_setting_says_that_there_is_one(index_dir, proxies, said, believed):
    client = create_app({"index_dir": index_dir, "proxies": proxies}).test_client()
    answer = client.get("/robots.txt", headers={"X-Forwarded-Proto": said})
    assert ("Strict-Transport-Security" in answer.headers) == believed
    assert ("Sitemap: https://localhost/" in answer.text) == believed


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "localhost@evil.example", "a..b", "a b", "<planted>"])
@pytest.mark.parametrize("path", ["/", "/robots.txt", "/changes.atom", "/nope", "/static/signpost.css"])
def test_no_other_name_gets_into_our_addresses(app, name, path):
    answer = app.test_client().get(path, headers={"Host": name})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "SIGNPOST_HOSTS" in answer.text
    assert name not in answer.text
    is_shut(answer)


def test_the_names_of_the_site_are_a_setting(index_dir):
    client = create_app({"index_dir": index_dir, "hosts": "signpost.example, .council.example"}).test_client()
    for name in ("signpost.example", "www.council.example:8443"):
        assert f"http://{name}/sitemap.xml" in client.get("/robots.txt", headers={"Host": name}).text
    assert client.get("/", headers={"Host": "localhost"}).status_code == 400


def test_what_a_proxy_says_of_the_host_is_not_believed(index_dir):
    client = create_app({"index_dir": index_dir, "proxies": 1}).test_client()
    said = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "1", "Forwarded": "host=evil.example"}
    text = client.get("/robots.txt", headers=said).text
    assert "Sitemap: http://localhost/sitemap.xml" in text


WAYS_OUT = [
    "../app.py",
    "%2e%2e/app.py",
    "..%2fapp.py",
    "%2e%2e%2fapp.py",
    "%252e%252e%252fapp.py",
    "..%5capp.py",
    "....//app.py",
    "govuk/../../app.py",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "file:///etc/passwd",
    "signpost.css%00.html",
    "%00",
    "..%00/app.py",
    "%c0%ae%c0%ae/app.py",
    "%ff",
    "~root",
    "",
    "govuk",
    "a" * 4000,
]


@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way[:20])
def test_no_path_leads_out_of_static(app, way):
    answer = app.test_client().get(f"/static/{way}", follow_redirects=True)
    assert answer.status_code == 404
    is_shut(answer)


def test_a_query_is_read_up_to_a_limit(app):
    answer = app.test_client().get("/search.json", query_string={"q": "a " * LONGEST}).json
    assert len(answer["query"]["q"]) <= LONGEST
    assert len(parse(" ".join(f"w{n}" for n in range(1000))).words) == MOST_WORDS


@pytest.mark.parametrize(
    ("asked", "given"), [("0", 1), ("-1", 20), ("1000", 100), ("9" * 400, 20), ("1e3", 20), ("²", 20), ("x", 20), ("7", 7)]
)
def test_a_page_of_results_has_a_limit(app, asked, given):
    assert app.test_client().get("/search.json", query_string={"per_page": asked}).json["query"]["per_page"] == given


@pytest.mark.parametrize("page", ["0", "-5", "99999999", "9" * 400, "x", "1.5"])
def test_a_page_that_does_not_exist_is_the_first(app, page):
    answer = app.test_client().get("/search.json", query_string={"page": page}).json
    assert answer["query"]["page"] == 1
    assert answer["results"]


def test_a_filter_is_read_up_to_a_limit(app):
    many = [("nation", f"x{n}") for n in range(1000)] + [("nation", "wales")]
    assert app.test_client().get("/search.json", query_string=urlencode(many)).json["query"]["nation"] == []


def test_a_pack_has_a_limit(app):
    many = urlencode([("entry", "nope")] * MOST + [("entry", "new-age-guide")])
    assert "new-age-guide" not in str(soup(app.test_client().get(f"/pack?{many}")).select("main h2"))
    long = app.test_client().get("/pack.docx", query_string={"entry": "new-age-guide", "title": "t" * 9000, "note": "n" * 9000})
    assert long.status_code == 200


def test_what_is_posted_has_a_limit(app):
    answer = app.test_client().post("/pack/keep", data={"note": "n" * LARGEST_BODY})
    assert answer.status_code == 413
    assert soup(answer).find("a", href="/search")


def asked_of(site, path, **headers):
    """The status that the real server answers."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_server_refuses_long_addresses_and_headers(site):
    assert asked_of(site, "/search?q=" + "a" * 8000) == 200
    assert asked_of(site, "/search?q=" + "a" * 9000) == 414
    assert asked_of(site, "/", X_Long="a" * 9000) == 431
    assert asked_of(site, "/", **{f"X-{n}": "a" for n in range(100)}) == 431


def test_the_largest_pack_of_the_real_entries_has_an_address_that_the_server_takes(real_edition):
    longest = sorted((entry.slug for entry in real_edition.entries), key=len)[-MOST:]
    pairs = [("entry", slug) for slug in longest] + [("title", "t " * 60), ("note", "n " * 250)]
    assert len(f"GET /pack/print?{urlencode(pairs)} HTTP/1.1") < 8190
