"""Stylesheets and scripts: kept for a year by whoever has them, never stale, and nothing else to be had from their folder."""

import re

import pytest

from signpost.web import create_app
from tests.conftest import soup


@pytest.fixture
def folder(tmp_path):
    """A folder of static files beside a secret, with a link that leads to it."""
    folder = tmp_path / "static"
    folder.joinpath("deep").mkdir(parents=True)
    folder.joinpath("signpost.css").write_text("main { color: red }")
    folder.joinpath("signpost.js").write_text('import "./deep/more.js";')
    folder.joinpath("deep", "more.js").write_text("export default 1;")
    tmp_path.joinpath("secret.txt").write_text("secret")
    folder.joinpath("way-out.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def site(folder, index_dir):
    return create_app({"index_dir": index_dir, "static_dir": folder}).test_client()


def stylesheet(client):
    """The address that pages give of our stylesheet."""
    return next(link["href"] for link in soup(client.get("/")).select("link[rel=stylesheet]") if "signpost" in link["href"])


def test_a_page_names_its_files_by_an_address_that_may_be_kept_for_a_year(site):
    address = stylesheet(site)
    assert re.fullmatch(r"/static/[0-9a-f]{12}/signpost\.css", address)
    answer = site.get(address)
    assert (answer.text, answer.mimetype) == ("main { color: red }", "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_any_change_gives_every_file_a_new_address(site, folder, index_dir):
    folder.joinpath("deep", "more.js").write_text("export default 2;")
    assert stylesheet(create_app({"index_dir": index_dir, "static_dir": folder}).test_client()) != stylesheet(site)


def test_what_a_script_imports_is_of_the_same_version(site):
    script = soup(site.get("/")).select_one("script[type=module]")["src"]
    imported = re.search(r'"\./(.+)"', site.get(script).text)[1]
    answer = site.get(f"{script.rpartition('/')[0]}/{imported}")
    assert answer.text == "export default 1;"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/signpost.css", "/static/0123456789ab/signpost.css"])
def test_a_plain_name_or_the_sum_of_another_version_works_but_is_kept_briefly(site, path):
    answer = site.get(path)
    assert answer.text == "main { color: red }"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "path",
    [
        "secret.txt",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "deep/../../secret.txt",
        "way-out.txt",
        "deep",
        "",
        "/etc/passwd",
        "..%5csecret.txt",
    ],
)
@pytest.mark.parametrize("before", ["/static/", "/static/0123456789ab/"])
def test_no_address_leads_out_of_the_folder(site, before, path):
    assert site.get(before + path).status_code in (404, 308)
    assert "secret" not in site.get(before + path, follow_redirects=True).text.replace(path, "")


def test_files_are_compressed_once_and_known_again(site, folder):
    folder.joinpath("signpost.css").write_text("main { color: red }\n" * 100)
    client = create_app({"index_dir": site.application.config["SIGNPOST"].index_dir, "static_dir": folder}).test_client()
    first = client.get("/static/signpost.css", headers={"Accept-Encoding": "br"})
    assert first.headers["Content-Encoding"] == "br"
    again = client.get("/static/signpost.css", headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_without_an_edition_the_page_that_says_so_still_has_its_style(folder, tmp_path):
    client = create_app({"index_dir": tmp_path, "static_dir": folder}).test_client()
    answer = client.get("/")
    assert answer.status_code == 503
    assert client.get(soup(answer).select("link[rel=stylesheet]")[-1]["href"]).status_code == 200
