"""deploy/ and the workflows name what exists, and their scripts do what they say. nginx has a file of its own."""

import configparser
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from email import message_from_string
from pathlib import Path

import pytest
import yaml

from signpost.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted([*(DEPLOY / "systemd").glob("*.service"), *(DEPLOY / "systemd").glob("*.timer")])
SERVICES = [path for path in UNITS if path.suffix == ".service"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHIPPED = [path for path in [*DEPLOY.rglob("*"), *WORKFLOWS, ROOT / ".pre-commit-config.yaml", ROOT / ".dockerignore"] if path.is_file()]
HOME = "/opt/signpost/"
INSTALLED = (".venv/bin/python", ".venv")
"""What an installation adds to a checkout."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# What all of it names


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_every_setting_named_there_is_real(path):
    known = {f"SIGNPOST_{setting.name.upper()}" for setting in fields(Settings)}
    assert set(re.findall(r"SIGNPOST_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_every_script_file_and_make_command_named_there_exists(path):
    text, makefile = path.read_text(encoding="utf-8"), (ROOT / "Makefile").read_text(encoding="utf-8")
    files = set(re.findall(r"(?<![\w/.-])((?:scripts|deploy|tests)/[\w./-]*\w)", text))
    files |= {name for name in re.findall(rf"{HOME}([\w./-]*\w)", text) if not name.startswith(INSTALLED)}
    for name in files - {"deploy/.env"}:
        assert (ROOT / name).exists(), name
    for target in re.findall(r"(?:run: |entry: |RUN |`)make (?:--silent )?([\w-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


# systemd


def read_unit(path: Path) -> list[tuple[str, str, str]]:
    """Section, key and value of every line; a key may come twice."""
    section, lines = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            lines.append((section, key, value))
    return lines


@pytest.mark.parametrize("path", UNITS, ids=named)
def test_each_unit_names_programs_units_and_users_that_exist(path):
    users = re.findall(r"^u (\S+)", (DEPLOY / "systemd" / "sysusers.conf").read_text(encoding="utf-8"), re.MULTILINE)
    for section, key, value in read_unit(path):
        assert section in ("[Unit]", "[Service]", "[Timer]", "[Install]"), section
        if key in ("OnSuccess", "OnFailure"):
            assert all((DEPLOY / "systemd" / name).exists() for name in value.split()), value
        if key == "User":
            assert value in users
        if key == "EnvironmentFile":
            assert (DEPLOY / Path(value).name).exists(), value
        if key == "ExecStart" and ".venv/bin/python" in value:
            assert (ROOT / value.split()[1]).exists(), value


def test_each_timer_has_its_service():
    timers = [path for path in UNITS if path.suffix == ".timer"]
    assert timers
    assert all(path.with_suffix(".service").exists() for path in timers)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    """Where there is no systemd, the tests above are what there is."""
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace(HOME, f"{ROOT}/"), encoding="utf-8")
    analyze = shutil.which("systemd-analyze")
    if analyze:
        command = [analyze, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert [line for line in (done.stdout + done.stderr).splitlines() if "signpost" in line] == []
        assert done.returncode == 0


def test_links_that_need_attention_do_not_make_the_unit_fail():
    unit = {key: value for _, key, value in read_unit(DEPLOY / "systemd" / "signpost-links.service")}
    assert unit["SuccessExitStatus"] == "1"
    assert "signpost-mail.service" in unit["OnSuccess"]
    assert unit["OnFailure"] == "signpost-mail.service"


@pytest.mark.parametrize("path", [path for path in SERVICES if path.stem != "signpost-mail"], ids=named)
def test_each_service_but_mail_is_locked_in(path):
    unit = read_unit(path)
    keys = {key: value for _, key, value in unit}
    assert keys["ProtectSystem"] == "strict"
    assert keys["CapabilityBoundingSet"] == ""
    for key in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "MemoryDenyWriteExecute"):
        assert keys[key] == "yes", key


def test_the_site_has_no_folder_to_write_to_and_another_user_than_upkeep():
    site = {key: value for _, key, value in read_unit(DEPLOY / "systemd" / "signpost.service")}
    assert not {"ReadWritePaths", "StateDirectory", "CacheDirectory", "LogsDirectory"} & set(site)
    others = {value for path in SERVICES if path.stem != "signpost" for _, key, value in read_unit(path) if key == "User"}
    assert site["User"] not in others


def test_the_settings_of_a_machine_are_read_alike_by_systemd_and_the_shell():
    text = (DEPLOY / "signpost.env").read_text(encoding="utf-8")
    whole = re.sub(r"^#(?=[A-Z_]+=)", "", text, flags=re.MULTILINE)
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(f"[all]\n{whole}")
    shell = ["env", "-i", "sh", "-c", f"set -a; {whole}\n/usr/bin/env"]
    seen = dict(line.split("=", 1) for line in subprocess.run(shell, capture_output=True, text=True, check=True).stdout.splitlines())
    assert dict(parser["all"]).items() <= seen.items()
    assert "SIGNPOST_LINK_CONTACT" in parser["all"]


# Mail


@pytest.fixture
def on_path(tmp_path, monkeypatch):
    """Puts a program of a few shell lines first on the path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def put(name: str, lines: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        (folder / name).chmod(0o755)

    return put


def mail(tmp_path: Path, status: str, to: str = "webteam@example.org"):
    """The message that goes out, if one does."""
    settings = {"SIGNPOST_INDEX_DIR": str(tmp_path), "REPORT_TO": to}
    subprocess.run([DEPLOY / "mail-report", status], env=os.environ | settings, check=True)
    sent = tmp_path / "sent"
    return message_from_string(sent.read_text(encoding="utf-8")) if sent.exists() else None


def test_the_report_is_mailed_when_links_need_attention(tmp_path, on_path):
    on_path("sendmail", f'[ "$1" = -t ] && cat > {tmp_path}/sent')
    on_path("date", "echo 1")
    report = "# Link report\n\n" + "| a very long line – with dashes " * 100
    (tmp_path / "link-report.md").write_text(report, encoding="utf-8")
    message = mail(tmp_path, "1")
    assert (message["To"], message["Subject"]) == ("webteam@example.org", "Signpost: links need attention")
    assert message.get_payload(decode=True).decode() == report


@pytest.mark.parametrize(
    ("heading", "sent"),
    [("## Repair these", False), ("## Changed with the last run", True), ("## Contacts that are gone from their page", True)],
)
def test_from_tuesday_to_sunday_only_news_is_mailed(heading, sent, tmp_path, on_path):
    on_path("sendmail", f"cat > {tmp_path}/sent")
    on_path("date", "echo 2")
    (tmp_path / "link-report.md").write_text(f"# Link report\n\n{heading} (1)\n", encoding="utf-8")
    assert bool(mail(tmp_path, "1")) is sent


@pytest.mark.parametrize("status", ["2", "KILL"])
def test_a_check_that_could_not_run_is_mailed_too(status, tmp_path, on_path):
    on_path("sendmail", f"cat > {tmp_path}/sent")
    message = mail(tmp_path, status)
    assert message["Subject"] == "Signpost: the link check could not run"
    assert f"ended with {status}" in message.get_payload(decode=True).decode()


@pytest.mark.parametrize(("status", "to"), [("0", "webteam@example.org"), ("1", "")])
def test_nothing_is_mailed_when_all_is_well_or_nobody_is_named(status, to, tmp_path, on_path):
    on_path("sendmail", f"cat > {tmp_path}/sent")
    assert mail(tmp_path, status, to) is None


def test_a_message_that_cannot_be_sent_is_a_failure(tmp_path, on_path):
    on_path("sendmail", "exit 75")
    with pytest.raises(subprocess.CalledProcessError):
        mail(tmp_path, "2")


# The link history


def history(path: Path, note: str) -> None:
    """A history in SQLite's write-ahead mode, with its last words still outside the main file when it is copied."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE IF NOT EXISTS note (words TEXT)")
        database.execute("INSERT INTO note VALUES (?)", (note,))


def notes(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute("SELECT words FROM note")]


def back_up(index_dir: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "backup_links.py", *map(str, arguments)]
    return subprocess.run(command, env=os.environ | {"SIGNPOST_INDEX_DIR": str(index_dir)}, capture_output=True, text=True, check=False)


def test_the_history_is_copied_while_it_is_written_and_put_back(tmp_path):
    path = tmp_path / "links.sqlite"
    history(path, "first")
    with closing(sqlite3.connect(path)) as busy:
        busy.execute("INSERT INTO note VALUES ('not yet said')")
        done = back_up(tmp_path, tmp_path / "copies")
        assert done.returncode == 0, done.stderr
    (copy,) = (tmp_path / "copies").iterdir()
    assert notes(copy) == ["first"]
    history(path, "second")
    assert back_up(tmp_path, "--restore", copy).returncode == 0
    assert notes(path) == ["first"]
    history(path, "third")
    assert notes(path) == ["first", "third"]


def test_what_a_killed_check_left_beside_the_history_is_not_mixed_into_what_is_put_back(tmp_path):
    running, killed = tmp_path / "running", tmp_path / "killed"
    running.mkdir()
    history(running / "links.sqlite", "first")
    assert back_up(running, tmp_path / "copies").returncode == 0
    with closing(sqlite3.connect(running / "links.sqlite")) as check:
        check.execute("INSERT INTO note VALUES ('second')")
        check.commit()
        shutil.copytree(running, killed)
    assert (killed / "links.sqlite-wal").stat().st_size > 0
    (copy,) = (tmp_path / "copies").iterdir()
    assert back_up(killed, "--restore", copy).returncode == 0
    assert notes(killed / "links.sqlite") == ["first"]


def test_two_weeks_of_copies_stay(tmp_path):
    history(tmp_path / "links.sqlite", "now")
    copies = tmp_path / "copies"
    copies.mkdir()
    for day in range(1, 21):
        (copies / f"links-2020-01-{day:02d}.sqlite").touch()
    assert back_up(tmp_path, copies).returncode == 0
    names = sorted(path.name for path in copies.iterdir())
    assert len(names) == 14
    assert names[0] == "links-2020-01-08.sqlite"


def test_without_a_history_or_with_a_damaged_copy_nothing_is_changed(tmp_path):
    done = back_up(tmp_path, tmp_path / "copies")
    assert (done.returncode, list((tmp_path / "copies").iterdir())) == (2, [])
    assert "there is no " in done.stderr
    history(tmp_path / "links.sqlite", "good")
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"SQLite format 3\x00" + b"rubbish" * 1_000)
    assert back_up(tmp_path, "--restore", damaged).returncode == 2
    assert notes(tmp_path / "links.sqlite") == ["good"]


def git(*arguments: object) -> str:
    return subprocess.run(["git", *map(str, arguments)], capture_output=True, text=True, check=True).stdout.strip()


def test_the_history_lives_on_a_branch_of_one_commit_between_runs(tmp_path):
    origin, checkout, index_dir = tmp_path / "origin", tmp_path / "checkout", tmp_path / "index"
    git("init", "--quiet", "--bare", origin)
    git("init", "--quiet", checkout)
    git("-C", checkout, "remote", "add", "origin", origin)
    for part in ("deploy", "scripts", "signpost"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    index_dir.mkdir()

    def run(what: str) -> int:
        command, settings = [checkout / "deploy" / "history-branch", what], {"SIGNPOST_INDEX_DIR": str(index_dir)}
        return subprocess.run(command, env=os.environ | settings, stderr=subprocess.DEVNULL, check=False).returncode

    assert run("take") == 0
    assert not list(index_dir.iterdir()), "the first run starts with nothing"
    for night in ("one", "two"):
        history(index_dir / "links.sqlite", night)
        assert run("keep") == 0
        shutil.rmtree(index_dir)
        index_dir.mkdir()
        assert run("take") == 0
    assert notes(index_dir / "links.sqlite") == ["one", "two"]
    assert git("-C", origin, "rev-list", "--count", "link-history") == "1"
    shutil.rmtree(origin)
    assert run("take") != 0, "a history that cannot be reached is not a first run"


# The living issue

GH = """
case "$1 $2" in
"issue list") case "$*" in *"--label link-report --state all"*) cat "{folder}/number" ;; esac ;;
*) echo "$@" >> "{folder}/said"
   while [ $# -gt 0 ]; do [ "$1" != --body-file ] || cp "$2" "{folder}/body"; shift; done ;;
esac
exit 0
"""


@pytest.fixture
def said(tmp_path, on_path):
    """Runs the script against a stand-in for gh, with or without an issue there; answers its code and what it said to GitHub."""
    on_path("gh", GH.format(folder=tmp_path))
    report = tmp_path / "link-report.md"
    report.write_text("# Link report\n", encoding="utf-8")

    def run(status: str, number: str = "") -> tuple[int, list[str]]:
        (tmp_path / "number").write_text(f"{number}\n" if number else "", encoding="utf-8")
        code = subprocess.run([DEPLOY / "living-issue", status, report], stderr=subprocess.DEVNULL, check=False).returncode
        lines = (tmp_path / "said").read_text(encoding="utf-8").splitlines() if (tmp_path / "said").exists() else []
        return code, [" ".join(line.split()[:3]) for line in lines]

    return run


def test_the_first_report_opens_the_issue(said, tmp_path):
    assert said("1") == (0, ["label create link-report", "issue create --label"])
    assert (tmp_path / "body").read_text(encoding="utf-8") == "# Link report\n"


def test_a_later_report_goes_into_the_same_issue_open_or_closed(said):
    assert said("1", "7") == (0, ["issue edit 7", "issue reopen 7"])


def test_the_issue_is_closed_when_all_is_well(said):
    assert said("0") == (0, [])
    assert said("0", "7") == (0, ["issue close 7"])


def test_a_check_that_could_not_run_leaves_the_issue_as_it_is(said):
    assert said("2", "7") == (1, [])


def test_a_report_too_long_for_github_is_cut_between_lines(said, tmp_path):
    (tmp_path / "link-report.md").write_text("a line – with a dash\n" * 5_000, encoding="utf-8")
    assert said("1")[0] == 0
    *lines, empty, last = (tmp_path / "body").read_text(encoding="utf-8").splitlines()
    assert 2_000 < len(lines) < 65_536 / len("a line – with a dash\n")
    assert set(lines) == {"a line – with a dash"}
    assert (empty, last) == ("", "(cut here; run the check for the whole report)")


# Workflows, containers, hooks


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_workflows_ask_for_few_rights_and_use_nobody_elses_actions(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in workflow["jobs"].values():
        assert "timeout-minutes" in job
        for step in job["steps"]:
            assert re.fullmatch(r"actions/(checkout|setup-python)@v\d+", step.get("uses", "actions/checkout@v6")), step
            assert "checkout" not in step.get("uses", "") or step["with"]["persist-credentials"] is False
            assert "${{" not in step.get("run", ""), "what comes from outside goes in through env"


def test_the_link_workflow_is_scheduled_and_never_runs_on_forks():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "links.yml").read_text(encoding="utf-8"))
    assert workflow[True]["schedule"]  # YAML 1.1 reads 'on' as true
    (job,) = workflow["jobs"].values()
    assert "!github.event.repository.fork" in job["if"]
    assert job["permissions"] == {"contents": "write", "issues": "write"}
    for step in job["steps"]:
        assert "GH_TOKEN" not in step.get("env", {}) or "check_links" not in step["run"], "the check needs no token"


def test_the_container_copies_only_what_exists_and_what_its_context_lets_through():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    names = {name for line in copied for name in line.split()}
    assert all(any(ROOT.glob(name)) for name in names | allowed)
    assert {name.split("/")[0] for name in names} == allowed


def test_the_last_stage_carries_no_tools_and_does_not_run_as_root():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    assert len(stages) == 2
    assert not re.search(r"\b(npm|make|gcc|venv install|pip)\b", stages[1])
    assert re.search(r"^USER (?!0)\d+$", stages[1], re.MULTILINE)
    assert "/healthz" in stages[1]
    made = set(re.findall(r"^COPY --from=made /opt/signpost/(\S+)", stages[1], re.MULTILINE))
    assert made == {".venv", "*.py", "content", "scripts", "signpost", "static", "templates"}


def test_compose_writes_only_where_it_must():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        volumes = {volume.split(":")[0] for volume in service["volumes"]}
        assert volumes <= set(compose["volumes"]), name
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert compose["services"]["site"]["volumes"] == ["index:/var/lib/signpost:ro"]
    assert compose["services"]["site"]["ports"] == ["127.0.0.1:8000:8000"]


def test_commit_hooks_fetch_nothing():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
