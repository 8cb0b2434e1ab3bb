"""Editions that travel: packed by the machine that builds, taken by each that serves; and the way back to an earlier one."""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile

import pytest

from signpost import search
from signpost.search import publishing
from tests.conftest import quiet
from tests.test_scripts import run


def publish(folder, library):
    return search.publish(folder, list(library.entries.values()), library.vocabulary, 3, quiet, library.guides).id


@pytest.fixture
def builder(tmp_path, library):
    """The index folder of the machine that builds."""
    publish(tmp_path / "builder", library)
    return tmp_path / "builder"


@pytest.fixture
def archive(builder, tmp_path):
    search.pack(builder, tmp_path / "edition.tar.gz")
    return tmp_path / "edition.tar.gz"


@pytest.fixture
def node(tmp_path, library):
    """The index folder of a machine that serves, with an edition of its own."""
    publish(tmp_path / "node", library)
    publish(tmp_path / "node", library)
    return tmp_path / "node"


def test_a_node_serves_the_edition_that_was_built_elsewhere(builder, archive, tmp_path):
    id = search.take(tmp_path / "node", archive, 3)
    assert id == search.current_id(builder)
    taken, built = search.load(tmp_path / "node"), search.load(builder)
    assert (taken.id, taken.built, taken.entries, taken.lines) == (built.id, built.built, built.entries, built.lines)


def test_the_sum_is_in_the_form_that_sha256sum_checks(archive):
    done = subprocess.run(["sha256sum", "--check", "edition.tar.gz.sha256"], cwd=archive.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "edition.tar.gz: OK\n"


def test_what_is_taken_is_for_all_to_read_and_for_its_owner_alone_to_write(archive, tmp_path):
    before = os.umask(0)
    try:
        search.take(tmp_path / "node", archive, 3)
    finally:
        os.umask(before)
    assert not [path for path in (tmp_path / "node").rglob("*") if path.stat().st_mode & 0o022]


def test_an_archive_tells_nothing_of_who_made_it(archive):
    with tarfile.open(archive) as tar:
        assert {(member.uid, member.gid, member.uname, member.gname) for member in tar} == {(0, 0, "", "")}


def test_taking_it_again_mends_a_copy_that_was_damaged(archive, node):
    id = search.take(node, archive, 3)
    assert search.take(node, archive, 3) == id
    (node / "current" / "entries.json").write_bytes(b"[]")
    assert search.take(node, archive, 3) == id
    assert len(search.load(node).entries) == 6


def test_a_node_keeps_the_last_editions_and_never_deletes_the_one_it_took(archive, node, library):
    publish(node, library)
    taken = search.take(node, archive, 3)
    kept = sorted(path.name for path in (node / "editions").iterdir())
    assert taken in kept
    assert [id[:6] for id in kept] == ["000001", "000002", "000003"]


def test_nobody_packs_an_edition_that_is_damaged(builder, tmp_path):
    (builder / "current" / "entries.json").write_bytes(b"[]")
    with pytest.raises(search.EditionError, match="damaged"):
        search.pack(builder, tmp_path / "edition.tar.gz")
    assert not list(tmp_path.glob("*.tar.gz*"))


def write_sum(archive):
    archive.with_name(f"{archive.name}.sha256").write_text(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n")


def rewrite(archive, change):
    """Change the members of an archive, a list of (member, content), and give it the sum that fits."""
    with tarfile.open(archive) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    change(members)
    with tarfile.open(archive, "w:gz") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    write_sum(archive)


def file(name, content=b"x", **facts):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for fact, value in facts.items():
        setattr(member, fact, value)
    return member, content


FORGERIES = {
    "a path that leads out": lambda members: members.append(file("../../outside")),
    "an absolute path": lambda members: members.append(file("/tmp/outside")),
    "a hidden file": lambda members: members.append(file(".hidden")),
    "a symbolic link": lambda members: members.append(file("whoosh/link", b"", type=tarfile.SYMTYPE, linkname="/etc")),
    "a hard link": lambda members: members.append(file("link", b"", type=tarfile.LNKTYPE, linkname="edition.json")),
    "a folder": lambda members: members.append(file("folder", b"", type=tarfile.DIRTYPE)),
    "a device": lambda members: members.append(file("null", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=3)),
    "a file that is not listed": lambda members: members.append(file("whoosh/extra")),
    "a file twice": lambda members: members.append(members[0]),
    "a file too few": lambda members: members.pop(),
    "a file that was changed": lambda members: members.__setitem__(-1, file(members[-1][0].name, b"changed")),
    "nothing": lambda members: members.clear(),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_archive_is_refused_and_what_is_served_stays(archive, node, tmp_path, forgery):
    before = search.current_id(node), sorted(node.rglob("*"))
    rewrite(archive, FORGERIES[forgery])
    with pytest.raises(search.EditionError):
        search.take(node, archive, 3)
    assert (search.current_id(node), sorted(node.rglob("*"))) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["builder", "edition.tar.gz", "edition.tar.gz.sha256", "node"]


def test_an_archive_that_unpacks_to_more_than_an_edition_can_be_is_refused(archive, node, monkeypatch):
    monkeypatch.setattr(publishing, "MOST_BYTES", 20_000)
    with pytest.raises(search.EditionError, match="too large"):
        search.take(node, archive, 3)


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"no archive" * 1000), "half"])
def test_what_is_no_archive_is_refused(archive, node, content):
    archive.write_bytes(archive.read_bytes()[:5000] if content == "half" else content)
    write_sum(archive)
    with pytest.raises(search.EditionError, match="no archive of an edition"):
        search.take(node, archive, 3)


def test_an_archive_whose_sum_does_not_fit_is_refused(archive, node):
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(search.EditionError, match="does not have the sum"):
        search.take(node, archive, 3)


def test_an_archive_without_its_sum_is_refused(archive, node):
    archive.with_name("edition.tar.gz.sha256").unlink()
    with pytest.raises(search.EditionError, match=r"cannot be taken: .*sha256"):
        search.take(node, archive, 3)


def test_an_archive_of_another_version_is_refused(archive, node, monkeypatch):
    monkeypatch.setattr("signpost.search.edition.FORMAT", 999)
    with pytest.raises(search.EditionError, match="another version"):
        search.take(node, archive, 3)


def test_one_can_go_back_step_by_step_and_the_next_build_is_newer_than_all(node, library):
    ids = [search.current_id(node), publish(node, library)]
    assert search.go_back(node) == ids[0] == search.load(node).id
    first = search.go_back(node)
    assert first.startswith("000001-")
    with pytest.raises(search.EditionError, match="there is no earlier edition"):
        search.go_back(node)
    assert search.current_id(node) == first
    assert publish(node, library).startswith("000004-")


def test_one_can_go_to_any_edition_that_is_kept(node, library):
    now, latest = search.current_id(node), publish(node, library)
    search.go_back(node, now)
    assert search.go_back(node, latest) == search.current_id(node) == latest
    with pytest.raises(search.EditionError, match=f"there is no edition 000099; kept are .*{latest}"):
        search.go_back(node, "000099")


def test_nobody_goes_back_to_an_edition_that_is_damaged(node):
    now = search.current_id(node)
    earlier = min((node / "editions").iterdir())
    (earlier / "entries.json").unlink()
    with pytest.raises(search.EditionError):
        search.go_back(node)
    assert search.current_id(node) == now


def test_the_scripts_pack_take_and_go_back(written, node, tmp_path):
    archive = tmp_path / "out.tar.gz"
    run("build_index", "--archive", archive, CONTENT_DIR=written, INDEX_DIR=tmp_path / "builder")
    built, before = search.current_id(tmp_path / "builder"), search.current_id(node)
    shutil.rmtree(tmp_path / "builder")
    assert run("take_edition", archive, INDEX_DIR=node).stdout == f"edition {built} is served\n"
    assert run("take_edition", "--back", before, INDEX_DIR=node).stdout == f"edition {before} is served\n"
    archive.write_bytes(b"")
    refused = run("take_edition", archive, INDEX_DIR=node)
    assert refused.returncode == 1
    assert refused.stderr.endswith("the edition that is served stays.\n")
    assert search.current_id(node) == before


def test_an_archive_that_cannot_be_written_is_said_and_the_edition_is_published_all_the_same(written, tmp_path):
    done = run("build_index", "--archive", tmp_path / "missing" / "out.tar.gz", CONTENT_DIR=written, INDEX_DIR=tmp_path / "index")
    assert done.returncode == 2
    assert done.stdout.startswith("edition 000001-")
    assert "no archive was made" in done.stderr
    assert len(search.load(tmp_path / "index").entries) == 6
