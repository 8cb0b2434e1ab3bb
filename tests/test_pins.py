"""Everything that is installed is pinned with hashes, and is what pyproject.toml asks for."""

import re
import tomllib

import pytest

from signpost.settings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
ASKED = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-dev.txt": PROJECT["project"]["dependencies"] + GROUPS["dev"],
    "requirements-tools.txt": GROUPS["tools"],
}


def pinned(name):
    """Each package of a file as 'name==version', and how many hashes it has."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.split()[0].casefold(): line.count("--hash=sha256:") for line in lines}


@pytest.mark.parametrize("name", ASKED)
def test_every_package_has_one_version_and_its_hashes(name):
    for package, hashes in pinned(name).items():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+", package), package
        assert hashes, package


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_is_what_is_pinned(name):
    missing = {asked.split(";")[0].casefold() for asked in ASKED[name]} - set(pinned(name))
    assert not missing, "run `make pins`"


def test_the_tests_run_on_what_the_site_runs_on():
    assert set(pinned("requirements.txt")) <= set(pinned("requirements-dev.txt"))
