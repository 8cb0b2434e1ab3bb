"""Editions: published whole or not at all."""

import multiprocessing
import os
import shutil
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from signpost import search
from signpost.model import Query
from tests.conftest import quiet


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def publish(folder, library, keep=3, progress=quiet):
    return search.publish(folder, list(library.entries.values()), library.vocabulary, keep, progress)


def number(id):
    return int(id.partition("-")[0])


def test_a_build_says_what_it_made(folder, library):
    made = publish(folder, library)
    assert (made.id, made.entries, made.sections) == (search.current_id(folder), 6, 5)
    assert made.id.startswith("000001-")
    assert made.bytes > 1000


def test_a_loaded_edition_holds_the_entries_as_they_were_written(folder, library):
    publish(folder, library)
    edition = search.load(folder)
    assert edition.by_slug == library.entries
    assert edition.vocabulary == library.vocabulary


def test_a_new_edition_takes_the_place_of_the_old(folder, library):
    publish(folder, library)
    publish(folder, library)
    assert number(search.current_id(folder)) == 2


def test_old_editions_are_pruned_but_the_one_before_is_kept(folder, library):
    for _ in range(5):
        publish(folder, library, keep=2)
    assert sorted(number(path.name) for path in (folder / "editions").iterdir()) == [4, 5]


def test_a_build_that_fails_leaves_the_last_good_edition(folder, library):
    publish(folder, library)

    def break_down(done, total):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        publish(folder, library, progress=break_down)
    assert number(search.load(folder).id) == 1
    assert number(publish(folder, library).id) == 2


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
    assert number(search.load(folder).id) == 1
    assert number(publish(folder, library).id) == 2


def test_without_an_edition_the_error_says_so(folder):
    with pytest.raises(search.EditionError, match="there is no edition"):
        search.load(folder)


@pytest.mark.parametrize("name", ["entries.json", "edition.json", "whoosh"])
def test_a_damaged_edition_is_refused(folder, library, name):
    publish(folder, library)
    place = folder / "current" / name
    victim = max(place.iterdir(), key=lambda path: path.stat().st_size) if place.is_dir() else place
    victim.write_bytes(victim.read_bytes()[:-7])
    with pytest.raises(search.EditionError):
        search.load(folder)


def test_a_list_of_files_that_was_changed_is_refused(folder, library):
    publish(folder, library)
    listed = folder / "current" / "edition.json"
    listed.write_text(listed.read_text().replace('"built": "2', '"built": "3'))
    with pytest.raises(search.EditionError, match=r"edition\.json is damaged"):
        search.load(folder)


def test_two_editions_with_the_same_number_are_told_apart(folder, library, tmp_path):
    entries = [replace(entry, title=f"{entry.title} again") for entry in library.entries.values()]
    other = search.publish(tmp_path / "other", entries, library.vocabulary, 3, quiet)
    assert publish(folder, library).id != other.id


def test_an_edition_that_is_loaded_needs_its_files_no_more(folder, library):
    publish(folder, library)
    edition = search.load(folder)
    shutil.rmtree(folder)
    assert search.search(edition, Query(q="benefit of the doubt")).hits[0].entry.slug == "new-age-guide"


def test_at_no_moment_of_a_swap_is_there_no_edition(folder, library):
    ids = [publish(folder, library).id for _ in range(2)]
    swapped = threading.Event()

    def look():
        while not swapped.is_set():
            assert search.current_id(folder) in ids

    with ThreadPoolExecutor() as threads:
        looking = [threads.submit(look) for _ in range(2)]
        for _ in range(100):
            for id in ids:
                search.go_back(folder, id)
        swapped.set()
        for looks in looking:
            looks.result()


def test_an_edition_that_is_replaced_and_deleted_while_it_is_read_gives_way_to_the_next(folder, library, monkeypatch):
    first = publish(folder, library).id
    reading = search.edition.kept

    def replaced(folder, id):
        if id == first:
            publish(folder, library)
            shutil.rmtree(folder / "editions" / first)
        return reading(folder, id)

    monkeypatch.setattr("signpost.search.edition.kept", replaced)
    assert number(search.load(folder).id) == 2


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_files_of_an_edition_are_for_all_to_read_and_for_their_owner_alone_to_write(folder, library, umask):
    before = os.umask(umask)
    try:
        publish(folder, library)
        assert os.umask(umask) == umask, "the caller's own is left as it was"
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*")) if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})


def test_an_edition_of_another_format_is_refused(folder, library, monkeypatch):
    publish(folder, library)
    monkeypatch.setattr("signpost.search.edition.FORMAT", 999)
    with pytest.raises(search.EditionError, match="another version"):
        search.load(folder)


def test_a_folder_that_cannot_be_written_is_the_operators_error(tmp_path, library):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(search.EditionError, match="cannot write"):
        publish(tmp_path / "file", library)
