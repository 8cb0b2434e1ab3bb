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


@pytest.fixture(scope="module")
def app(index_dir):
    return create_app({"index_dir": index_dir})


@pytest.fixture(scope="module")
def described(app):
    return app.test_client().get("/openapi.json").json["paths"]


def test_every_address_is_described_and_every_described_address_exists(app, described):
    rules = {re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    twins = {f"/entries/{{slug}}.{twin}" for twin in ("json", "ris", "md")}
    assert (rules - {"/entries/{slug}.{twin}"}) | twins == set(described)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(data=st.data())
def test_the_site_answers_as_described(app, described, data):
    path = data.draw(st.sampled_from(sorted(ADDRESSES)))
    operation = described[path]["get"]
    client = app.test_client()
    address, query = path, {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            value = data.draw(VALUES.filter(lambda text: text and not set(text) & set("/?#.\\") and text.isprintable()))
            address = address.replace(f"{{{parameter['name']}}}", value)
        elif data.draw(st.booleans()):
            query[parameter["name"]] = data.draw(st.lists(VALUES, max_size=3))
    answer = client.get(address, query_string=query)
    assert str(answer.status_code) in operation["responses"], address
    if answer.status_code == 200:
        assert answer.mimetype in operation["responses"]["200"]["content"], address
