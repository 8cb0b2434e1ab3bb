"""What is written for people is true: every script, setting, command, address, format and file in it exists, and the other way round."""

import re
from dataclasses import fields

import pytest

from signpost.settings import ROOT, Settings
from signpost.web.openapi import ADDRESSES

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "HACKING.md", "CONTRIBUTING.md", "DECISIONS.md", "deploy/README.md")
}
FOLDERS = ("signpost", "scripts", "templates", "static", "content", "tests", "deploy", ".github", ".ci")
COMMANDS = re.compile(r"`make ([\w-]+)[` ]|^    (?:.*&& )?make (?:-C \S+ )?([\w-]+)", re.MULTILINE)


def test_every_script_is_in_the_readme():
    for path in (ROOT / "scripts").glob("*.py"):
        assert f"scripts/{path.name}" in README, path.name


@pytest.mark.parametrize("text", TEXTS)
def test_every_script_that_is_named_exists(text):
    for name in set(re.findall(r"scripts/(\w+\.py)", TEXTS[text])):
        assert (ROOT / "scripts" / name).exists(), name


@pytest.mark.parametrize("text", TEXTS)
def test_every_file_that_is_named_exists(text):
    """Those in backticks that begin with a folder of ours; <kind> and * stand for any."""
    for name in set(re.findall(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[^`\s]*)", TEXTS[text])):
        assert any(ROOT.glob(re.sub(r"<\w+>", "*", name.rstrip("/")))), name


@pytest.mark.parametrize("text", TEXTS)
def test_every_link_between_the_texts_leads_somewhere(text):
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXTS[text]):
        assert (ROOT / text).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("text", TEXTS)
def test_every_name_that_is_said_to_be_in_a_file_is_there(text):
    for first, second, file in re.findall(r"`(\w+)`(?: and `(\w+)`)? (?:of|in) `([\w/]+\.py)`", TEXTS[text]):
        for name in filter(None, (first, second)):
            assert re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8")), (name, file)


def test_every_file_of_deploy_is_in_its_readme():
    rows = re.findall(r"`([^`]+)`", "".join(re.findall(r"^\| (`.*?) \|", TEXTS["deploy/README.md"], re.MULTILINE)))
    assert {name.rstrip("/") for name in rows} - {".github"} | {"README.md"} == {path.name for path in (ROOT / "deploy").iterdir()}


def test_every_setting_is_in_the_readme_with_its_usual_value():
    for setting in fields(Settings):
        row = re.search(rf"\| `SIGNPOST_{setting.name.upper()}` \|([^|]*)\|", README)
        assert row, setting.name
        default = getattr(Settings(), setting.name)
        shown = default.name if hasattr(default, "name") else str(default)
        assert f"`{shown}`" in row[1], setting.name


@pytest.mark.parametrize("text", TEXTS)
def test_every_setting_that_is_named_exists(text):
    known = {f"SIGNPOST_{setting.name.upper()}" for setting in fields(Settings)}
    assert set(re.findall(r"SIGNPOST_[A-Z_]+[A-Z]", TEXTS[text])) <= known


@pytest.mark.parametrize("text", TEXTS)
def test_every_make_command_that_is_named_exists(text):
    for target in commands(TEXTS[text]):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_make_command_is_named_somewhere():
    targets = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()
    assert set(targets) <= {target for text in TEXTS.values() for target in commands(text)}


def commands(text: str) -> set[str]:
    return {first or second for first, second in COMMANDS.findall(text)}


def test_settings_come_from_the_environment():
    assert Settings.from_environment({"SIGNPOST_PORT": "9000", "SIGNPOST_INDEX_DIR": "/srv/index"}).port == 9000
    with pytest.raises(ValueError, match="SIGNPOST_WORKERS"):
        Settings.from_environment({"SIGNPOST_WORKERS": "many"})


def named_addresses() -> set[str]:
    """Every address in the README's table, its twins written out."""
    table = README[README.index("## Pages and addresses") : README.index("## Search for programs")]
    found = set()
    for row in re.findall(r"^\| (`/.*?) \|", table, re.MULTILINE):
        base = ""
        for name in re.findall(r"`([^`]+)`", row):
            base = base if name.startswith(".") else name
            found.add((base + name if name.startswith(".") else name).replace("<", "{").replace(">", "}"))
    return found


def test_every_address_and_format_that_the_readme_names_exists_and_the_other_way_round():
    assert named_addresses() == set(ADDRESSES)
