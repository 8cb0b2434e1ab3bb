"""Each script as an operator runs it: what it prints and how it ends."""

import os
import subprocess
import sys

import pytest

from signpost import search
from signpost.settings import ROOT


def run(script, *arguments, cwd=None, **settings):
    environment = os.environ | {f"SIGNPOST_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def spoil(written):
    path = written / "entries" / "guidance" / "new-age-guide.md"
    path.write_text(path.read_text(encoding="utf-8").replace("status: current", "status: curent"), encoding="utf-8")


def test_check_content_is_quiet_about_good_files(written):
    done = run("check_content", CONTENT_DIR=written)
    assert (done.returncode, done.stdout) == (0, "")
    assert "6 entries, 0 problems" in done.stderr


def test_check_content_prints_each_problem_with_its_line(written):
    spoil(written)
    done = run("check_content", CONTENT_DIR=written)
    assert done.returncode == 1
    assert "content/entries/guidance/new-age-guide.md:13: unknown status 'curent'; the nearest known is 'current'" in done.stdout


def test_build_index_publishes_and_says_what_it_did(written, tmp_path):
    done = run("build_index", CONTENT_DIR=written, INDEX_DIR=tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"edition {search.current_id(tmp_path / 'index')}: 6 entries, 5 sections, ")
    assert len(search.load(tmp_path / "index").entries) == 6


def test_build_index_refuses_content_with_problems_and_keeps_the_last_edition(written, tmp_path):
    run("build_index", CONTENT_DIR=written, INDEX_DIR=tmp_path / "index")
    spoil(written)
    done = run("build_index", CONTENT_DIR=written, INDEX_DIR=tmp_path / "index")
    assert done.returncode == 1
    assert "no edition was built; the last good one stays" in done.stderr
    assert search.load(tmp_path / "index").id.startswith("000001-")


def test_build_index_says_when_it_cannot_write(written, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run("build_index", CONTENT_DIR=written, INDEX_DIR=tmp_path / "file")
    assert done.returncode == 2
    assert "cannot write the edition" in done.stderr


@pytest.mark.parametrize("script", ["check_content", "build_index"])
def test_a_missing_vocabulary_is_named(script, tmp_path):
    done = run(script, CONTENT_DIR=tmp_path, INDEX_DIR=tmp_path)
    assert done.returncode == 1
    assert "nations.yaml" in done.stdout + done.stderr


def test_check_links_without_an_edition_says_what_to_run(tmp_path):
    done = run("check_links", INDEX_DIR=tmp_path)
    assert done.returncode == 2
    assert "scripts/build_index.py" in done.stderr


def test_the_benchmark_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    command = [sys.executable, str(ROOT / "scripts" / "benchmark.py"), "http"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "sudo apt-get install wrk" in done.stderr


def test_scripts_run_from_any_folder(written, tmp_path):
    assert run("check_content", cwd=tmp_path, CONTENT_DIR=written).returncode == 0


def test_a_setting_that_cannot_be_used_is_named():
    done = subprocess.run(
        [sys.executable, "app.py"], env=os.environ | {"SIGNPOST_PORT": "x"}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "SIGNPOST_PORT" in done.stderr
