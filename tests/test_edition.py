"""Editions: published whole or not at all."""

import multiprocessing
import os
import signal
import time

import pytest

from signpost import search
from tests.conftest import quiet


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def publish(folder, library, keep=3, progress=quiet):
    return search.publish(folder, list(library.entries.values()), library.vocabulary, keep, progress)


def test_a_build_says_what_it_made(folder, library):
    made = publish(folder, library)
    assert (made.id, made.entries, made.sections) == ("000001", 6, 5)
    assert made.bytes > 1000


def test_a_loaded_edition_holds_the_entries_as_they_were_written(folder, library):
    publish(folder, library)
    edition = search.load(folder)
    assert edition.by_slug == library.entries
    assert edition.vocabulary == library.vocabulary


def test_a_new_edition_takes_the_place_of_the_old(folder, library):
    publish(folder, library)
    publish(folder, library)
    assert search.current_id(folder) == "000002"


def test_old_editions_are_pruned_but_the_one_before_is_kept(folder, library):
    for _ in range(5):
        publish(folder, library, keep=2)
    assert sorted(path.name for path in (folder / "editions").iterdir()) == ["000004", "000005"]


def test_a_build_that_fails_leaves_the_last_good_edition(folder, library):
    publish(folder, library)

    def break_down(done, total):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        publish(folder, library, progress=break_down)
    assert search.load(folder).id == "000001"
    assert publish(folder, library).id == "000002"


def build_and_wait(folder, library, started):
    def stall(done, total):
        started.set()
        time.sleep(60)

    publish(folder, library, progress=stall)


def test_a_build_that_is_killed_leaves_the_last_good_edition_and_no_lock(folder, library):
    publish(folder, library)
    context = multiprocessing.get_context("fork")
    started = context.Event()
    builder = context.Process(target=build_and_wait, args=(folder, library, started))
    builder.start()
    assert started.wait(30)
    with pytest.raises(search.EditionError, match="another build is running"):
        publish(folder, library)
    os.kill(builder.pid, signal.SIGKILL)
    builder.join()
    assert search.load(folder).id == "000001"
    assert publish(folder, library).id == "000002"


def test_without_an_edition_the_error_says_so(folder):
    with pytest.raises(search.EditionError, match="there is no edition"):
        search.load(folder)


@pytest.mark.parametrize("name", ["entries.json", "edition.json", "whoosh"])
def test_a_damaged_edition_is_refused(folder, library, name):
    publish(folder, library)
    place = folder / "current" / name
    victim = next(place.glob("*.seg")) if place.is_dir() else place
    victim.write_bytes(victim.read_bytes()[:-7])
    with pytest.raises(search.EditionError):
        search.load(folder)


def test_an_edition_of_another_format_is_refused(folder, library, monkeypatch):
    publish(folder, library)
    monkeypatch.setattr("signpost.search.edition.FORMAT", 999)
    with pytest.raises(search.EditionError, match="another version"):
        search.load(folder)


def test_a_folder_that_cannot_be_written_is_the_operators_error(tmp_path, library):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(search.EditionError, match="cannot write"):
        publish(tmp_path / "file", library)
