"""The README tells the truth: every script, setting and command in it exists, and the other way round."""

import re
from dataclasses import fields

import pytest

from signpost.settings import ROOT, Settings
from signpost.web.openapi import ADDRESSES

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_script_is_in_the_readme():
    for path in (ROOT / "scripts").glob("*.py"):
        assert f"scripts/{path.name}" in README, path.name


def test_every_script_that_the_readme_names_exists():
    for name in set(re.findall(r"scripts/(\w+\.py)", README)):
        assert (ROOT / "scripts" / name).exists(), name


def test_every_setting_is_in_the_readme_with_its_usual_value():
    for setting in fields(Settings):
        row = re.search(rf"\| `SIGNPOST_{setting.name.upper()}` \|([^|]*)\|", README)
        assert row, setting.name
        default = getattr(Settings(), setting.name)
        shown = default.name if hasattr(default, "name") else str(default)
        assert f"`{shown}`" in row[1], setting.name


def test_every_setting_that_the_readme_names_exists():
    known = {f"SIGNPOST_{setting.name.upper()}" for setting in fields(Settings)}
    assert set(re.findall(r"SIGNPOST_[A-Z_]+[A-Z]", README)) <= known


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_that_is_named_exists(text):
    for target in set(re.findall(r"`make ([\w-]+)`|^    make ([\w-]+)", (ROOT / text).read_text(encoding="utf-8"), re.MULTILINE)):
        assert re.search(rf"^{target[0] or target[1]}:", MAKEFILE, re.MULTILINE), target


def test_settings_come_from_the_environment():
    assert Settings.from_environment({"SIGNPOST_PORT": "9000", "SIGNPOST_INDEX_DIR": "/srv/index"}).port == 9000
    with pytest.raises(ValueError, match="SIGNPOST_WORKERS"):
        Settings.from_environment({"SIGNPOST_WORKERS": "many"})


def test_every_address_of_the_site_is_in_the_readme():
    for path in ADDRESSES:
        stem = re.sub(r"\.\w+$", "", path.replace("{", "<").replace("}", ">")).rstrip("/") or "/"
        assert stem in README or path in README, path
