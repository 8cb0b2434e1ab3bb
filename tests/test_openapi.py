"""/openapi.json is true: it names every address, and the site answers as it says, whatever is asked."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost.web import create_app
from signpost.web.openapi import ADDRESSES

VALUES = st.one_of(
    st.sampled_from(
        ["scotland", "guidance", "police", "age-assessment", "current", "new-age-guide", "nope", "2016-05-01", "opensearch", "1", "-1"]
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
)

SEGMENT = VALUES.filter(lambda text: text and not set(text) & set("/?#.\\{}%") and text.isprintable())
"""What can stand between two strokes of an address."""


@pytest.fixture(scope="module")
def app(index_dir):
    return create_app({"index_dir": index_dir})


@pytest.fixture(scope="module")
def described(app):
    """Address → the codes that it may answer, and the types of a whole answer."""
    paths = app.test_client().get("/openapi.json").json["paths"]
    answers = {path: next(iter(operations.values()))["responses"] for path, operations in paths.items()}
    return {path: (set(codes), set(codes.get("200", {}).get("content", []))) for path, codes in answers.items()}


def test_every_address_is_described_and_every_described_address_exists(app, described):
    rules = {re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    twins = {f"/entries/{{slug}}.{twin}" for twin in ("json", "ris", "md")} | {f"/links.{twin}" for twin in ("json", "csv", "md")}
    assert (rules - {"/entries/{slug}.{twin}", "/links.{twin}"}) | twins == set(described)


def a_request(path):
    """A strategy for one address: its path with something filled in, and some of its parameters."""
    in_path = {name: SEGMENT for name in ADDRESSES[path][1] if f"{{{name}}}" in path}
    in_query = {name: st.lists(VALUES, max_size=3) for name in ADDRESSES[path][1] if name not in in_path}
    return st.tuples(st.just(path), st.fixed_dictionaries(in_path), st.fixed_dictionaries({}, optional=in_query))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(asked=st.sampled_from(sorted(ADDRESSES)).flatmap(a_request))
def test_the_site_answers_as_described(app, described, asked):
    path, in_path, query = asked
    answer = app.test_client().get(path.format(**in_path), query_string=query)
    codes, types = described[path]
    assert str(answer.status_code) in codes
    assert answer.status_code != 200 or answer.mimetype in types
