"""The laws of tests/laws.py hold for texts made to break them. FUZZ_EXAMPLES says how many are tried for each law."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost import search
from signpost.web import create_app
from tests import laws
from tests.conftest import quiet, write_library

TRIED = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NASTY = st.sampled_from(
    """<planted> </title><planted> "><planted> '><planted> <script>alert(1)</script> <img/src=x/onerror=alert(1)> " onfocus="x javascript:x
    ]]> &lt;planted&gt; {{7*7}} {%x%} %00 %0d%0a %ff %u0041 .. %2e%2e / // \\ # ? & ; = + - -- " ' ( ) [ ] { } * ? ^ ~ : , . @ $ | ! _ `
    AND OR NOT TO s.47 s47 5.41 section § 0800 +44 1111 999 a@b.c www. https://a.b/c mailto: age child helpline -age "age child"
    nation=wales entry=new-age-guide q= page=2 page=-1 page=99999999999 per_page=1e9 as_at=0000-00-00 as_at=2016-05 order=x exact=1
    explain=1 search entries/ new-age-guide .json .ris .md .csv .atom static/ signpost.css govuk topics/ nations/ pack pack/print
    suggest links bytes=0-1 bytes=9- W/"x" gzip;q=nan br;q=1 text/html;q=- localhost localhost:0 [::1] a..b https Basic Bearer max-age=x
    signpost_pack= --- ... | > & * & <<:
    !!python/object:os.system !!int ? title: links: contacts: sources: history: extent: null ~ true 1_0 0x1 2026-13-45
    # ## ### ``` ~~~ > - 1. | ![a](b) [a](javascript:x) [a](//b) <a@b.c> <javascript:x> {paragraphs="1-9"} {paragraphs="s9–s1"}
    ﷺ ß İ ı ﬁ é 👩‍👩‍👧 \u202e \u2028 \u0000 \x0b \ufeff \ud7ff ٣ ² Ⅷ १ ­ \u0301""".split()  # noqa: SIM905 (they read best so)
)
"""What has broken programs like this one before."""
TEXT = st.lists(NASTY | st.sampled_from([" ", "\n", "  ", "\t", ": ", "- "]) | st.text(max_size=8), max_size=25).map("".join)

BOMBS = {
    "operators": '+-"()*~^:&|!?' * 40,
    "a thousand words": "child " * 1000,
    "a thousand different words": " ".join(f"word{n}" for n in range(1000)),
    "a thousand exclusions": "-a " * 1000,
    "brackets": "(" * 5000 + ")" * 5000,
    "quotation marks": '"' * 512,
    "one long word": "a" * 100_000,
    "dots": "a." * 50_000,
    "hyphens": "a-" * 50_000,
    "an endless address": "https://" + "a/" * 50_000,
    "at signs": "a@" * 50_000,
    "an endless number": "0" * 100_000,
    "a number with gaps": "+44 " + "0 " * 50_000,
    "wildcards": "*?" * 256,
    "a regular expression": "(a+)+$" * 85,
    "apostrophes": "a'" * 50_000,
    "letters that grow": "ﷺ" * 512,
    "section signs": "§" * 50_000,
    "lists in lists": "[" * 20_000,
    "items in items": "- " * 50_000,
    "mappings in mappings": "{a: " * 50_000,
    "keys of keys": "? " * 50_000,
    "quotations in quotations": "> " * 50_000,
    "stars": "*a " * 10_000,
    "underlines": "_a" * 10_000,
    "unfinished links": "[a](" * 5_000,
    "unfinished code": "`a" * 5_000,
    "columns": "|a" * 2_000 + "\n" + "|-" * 2_000 + "\n|a" * 2_000,
    "headings": "## a\n" * 5_000,
}
"""Texts that make careless programs run for ever."""


@pytest.fixture(scope="module")
def world(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    search.publish(folder / "index", list(library.entries.values()), library.vocabulary, 2, quiet, library.guides)
    app = create_app({"index_dir": folder / "index"})
    return laws.World(search.load(folder / "index"), app, write_library(folder / "content"))


@pytest.mark.parametrize("law", laws.LAWS.values(), ids=lambda law: law.__name__)
@TRIED
@given(text=TEXT)
def test_no_text_breaks_a_law(world, law, text):
    law(world, text)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("law", [laws.query, laws.front_matter, laws.markdown, laws.fetched], ids=lambda law: law.__name__)
def test_no_text_takes_for_ever(world, law, bomb):
    law(world, bomb)


@pytest.mark.parametrize("path", ["/search", "/search.json", "/search.csv", "/search.atom", "/suggest", "/pack", "/pack.docx"])
@pytest.mark.parametrize("name", ["q", "entry", "title", "nation", "as_at", "page"])
def test_no_parameter_that_gunicorn_lets_through_takes_for_ever(world, path, name):
    for bomb in BOMBS.values():
        laws.address(world, f"{path}?{name}={bomb[:8000]}&{name}={bomb[:100]}")
