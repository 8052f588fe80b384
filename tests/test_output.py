"""The output folder: only what differs is written, what is not ours is left alone, what was there stays whole."""

import hashlib
import os
import shutil
import threading

import pytest

from pressframe import BuildError, Site, TemplateError


def tree(folder):
    """Return the bytes of every file below *folder*, by path; None for a folder with nothing in it."""
    files = sorted(folder.rglob("*"))
    return {
        str(file.relative_to(folder)): file.read_bytes() if file.is_file() else None
        for file in files
        if file.is_file() or not any(file.iterdir())
    }


@pytest.fixture
def site(paper):
    """Return a site of three posts and a file."""
    for name in ("one", "two", "three"):
        paper.post(name, f"<p>{name}</p>")
    return paper.write({"static/a.css": "a{}"})


def test_a_first_build_writes_everything_and_tells_what_it_did(site):
    report = site.build().report

    assert (report.entries, report.pages, report.rendered, report.written, report.removed) == (3, 3, 3, 4, 0)
    assert list(report.stages) == ["scan", "load", "plan", "render", "write", "remember"]
    assert 0 < sum(report.stages.values()) <= report.seconds + 0.001


def test_a_second_build_writes_only_what_differs(site):
    site.build()
    before = {file: file.stat().st_ino for file in (site.path / "public").rglob("*.*") if file.name != ".pressframe"}

    report = site.post("two", "<p>other</p>").build().report

    changed = {str(file.relative_to(site.path)) for file, inode in before.items() if file.stat().st_ino != inode}
    assert (report.written, report.removed, changed) == (1, 0, {"public/two/index.html"})
    assert site.build().report.written == 0


def test_a_release_knows_every_file_by_its_hash_size_and_kind(site):
    release = site.build()

    for stored in release.files.values():
        content = stored.file.read_bytes()
        assert (stored.size, stored.tag) == (len(content), hashlib.sha256(content).hexdigest()[:32])
    kinds = {address: stored.media_type for address, stored in release.files.items()}
    assert kinds == {"/one/": "text/html", "/two/": "text/html", "/three/": "text/html", "/a.css": "text/css"}


def test_what_is_gone_is_removed_with_its_folders(site):
    site.post("deep", address="/a/b/c/").build()
    (site.path / "content" / "deep.html").unlink()
    (site.path / "static" / "a.css").unlink()

    report = site.build().report

    assert (report.written, report.removed) == (0, 2)
    assert set(tree(site.path / "public")) == {".pressframe", "one/index.html", "two/index.html", "three/index.html"}


@pytest.mark.parametrize(("first", "second"), [("/a", "/a/"), ("/a/", "/a"), ("/a/b/c/", "/a"), ("/a", "/a/b/c/")])
def test_a_file_may_become_a_folder_and_a_folder_a_file(site, first, second):
    site.post("one", address=first).build()

    site.post("one", address=second).build()

    clean = Site.open(site.path).build(output=site.path / "clean")
    assert tree(site.path / "public") == tree(site.path / "clean")
    assert clean.report.written == 4


def test_what_others_put_into_the_output_later_is_removed_and_what_they_took_written_again(site):
    site.build()
    whole = tree(site.path / "public")
    site.write({"public/stray/a.txt": "x"})
    (site.path / "public" / "one" / "index.html").unlink()

    report = site.build().report

    assert (report.written, report.removed) == (1, 1)
    assert tree(site.path / "public") == whole


def test_a_folder_with_files_of_others_is_refused(site):
    site.write({"public/cv.pdf": "mine"})

    assert site.fails(BuildError) == (
        f"{site.path}/public: holds files that pressframe did not put there\n  empty it, or name another with --output"
    )
    assert tree(site.path / "public") == {"cv.pdf": b"mine"}


@pytest.mark.parametrize("inside", [".", "..", "content", ".pressframe"])
def test_a_folder_of_the_site_s_own_files_is_refused_as_output(site, inside):
    site.build()
    before = tree(site.path)

    said = site.fails(BuildError, output=site.path / inside)

    assert "holds files that pressframe did not put there" in said
    assert before.items() <= tree(site.path).items()


def test_a_file_is_refused_as_output(site):
    site.write({"public": "x"})

    assert site.fails(BuildError) == f"{site.path}/public: is a file\n  name a folder with --output"


def test_an_output_below_a_file_is_one_error(site):
    site.write({"file": "x"})

    said = site.fails(BuildError, output=site.path / "file" / "public")

    assert "cannot be written: Not a directory\n  what was published before is still there" in said


def test_a_file_where_the_build_keeps_its_own_is_one_error(bare):
    bare.write({".pressframe": "a file"})

    said = bare.fails(BuildError)

    assert said.startswith(f"{bare.path}/.pressframe/")
    assert said.endswith("cannot be used: Not a directory\n  what was published before is still there")


def test_an_empty_folder_may_become_the_output(site):
    (site.path / "public").mkdir()

    site.build()

    assert set(tree(site.path / "public")) > {".pressframe", "one/index.html"}


def test_outputs_of_one_site_do_not_disturb_each_other(site, tmp_path):
    site.build()
    whole = tree(site.path / "public")

    other = site.post("draft", status="draft").build(output=tmp_path / "deep" / "other", drafts=True)

    assert tree(site.path / "public") == whole
    assert set(tree(tmp_path / "deep" / "other")) == {*whole, "draft/index.html"}
    assert site.build().report.written == 0
    assert other.find("/draft/").file.is_relative_to(tmp_path / "deep")


def test_an_output_named_from_here_is_found_from_anywhere(site, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    release = site.build(output=type(tmp_path)("out"))

    assert release.find("/one/").file == tmp_path / "out" / "one" / "index.html"


@pytest.mark.parametrize("broken", ["template", "entry", "plugin"])
def test_a_build_that_fails_leaves_what_was_there(site, broken):
    site.build()
    whole = tree(site.path / "public")
    site.post("one", "<p>new</p>").post("zero", "<p>new</p>")
    if broken == "template":
        site.write({"templates/post.html": "{{ entry.title }}{{ 1 // (entry.id != 'zero') }}"})
    elif broken == "entry":
        site.post("zero", address="/one/")
    else:
        site.plugin("x", "@hookimpl\ndef filter_entry(self, entry): assert entry.id != 'zero'")

    site.fails()

    assert tree(site.path / "public") == whole
    assert not (site.path / ".public.next").exists()


def test_after_a_failure_the_next_build_is_right(site):
    site.build()
    site.write({"templates/post.html": "{{ nope }}"}).fails(TemplateError)

    site.write({"templates/post.html": "{{ entry.id }}"}).build()

    assert site.text("/one/") == "one"


def test_open_renderings_are_outside_the_public_folder_and_go_when_nobody_needs_them(site):
    """Threat 5."""
    site.post("one", "<p>a</p><!--more--><p>Withheld.</p>", gate={"requires": ["a"]})
    release = site.build()
    kept = release.find("/one/", frozenset("a")).file
    assert kept.is_relative_to(site.path / ".pressframe")
    assert not kept.is_relative_to(site.path / "public")

    site.post("one", "<p>a</p>").build()

    assert list((site.path / ".pressframe" / "open").iterdir()) == []


@pytest.mark.parametrize("spoilt", ["deleted", "no manifest", "junk", "other junk"])
def test_without_its_memory_a_build_is_right_all_the_same(site, spoilt):
    site.build()
    whole = tree(site.path / "public")
    site.write({"public/two/index.html": "spoilt"})
    if spoilt == "deleted":
        shutil.rmtree(site.path / ".pressframe")
    elif spoilt == "no manifest":
        (site.path / ".pressframe" / "release.json").unlink()
    else:
        site.write({".pressframe/release.json": "[1" if spoilt == "junk" else '{"tags": 3}'})

    site.build()

    assert tree(site.path / "public") == whole


@pytest.mark.parametrize("spoilt", ["public/two/index.html", ".pressframe/open"])
def test_what_was_spoilt_before_somebody_touched_the_manifest_is_made_again(site, spoilt):
    site.post("two", "<p>a</p><!--more--><p>Withheld.</p>", gate={"requires": ["a"]})
    file = site.path / spoilt
    site.build()
    if file.is_dir():
        (file,) = file.iterdir()
    whole = file.read_bytes()
    file.write_bytes(b"")
    shutil.rmtree(site.path / ".pressframe" / "memory")

    (site.path / ".pressframe" / "release.json").touch()
    site.build()

    assert file.read_bytes() == whole


def test_a_build_by_several_processes_gives_the_same_bytes_as_by_one(paper):
    workers = paper.path / "workers"
    workers.mkdir()
    paper.plugin(
        "many",
        """
        @hookimpl
        def register_pages(self): return [Page(address=f"/{n}/", template="n.txt", data={"n": n}) for n in range(1600)]

        @hookimpl
        def register_filters(self):
            import os
            return {"seen": lambda n, folder: (folder / "workers" / str(os.getpid())).touch() or n}
        """,
    )
    paper.write({"templates/n.txt": "{{ n | seen(site.folder) }} {{ site.size() }} {{ slot('head') }}"})
    paper.post("one", "<p>a</p><!--more--><p>b</p>", gate={"requires": ["a"]}, comments=[{"id": "1", "body": "x"}])

    release = paper.build()
    processes = len(list(workers.iterdir()))
    lone = threading.Thread(target=lambda: paper.build(output=paper.path / "lone"))  # with a thread beside it, one
    lone.start()
    lone.join()

    assert (processes > 1) == (os.cpu_count() > 1)
    assert tree(paper.path / "public") == tree(paper.path / "lone")
    assert b"<p>b</p>" in release.find("/one/", frozenset("a")).file.read_bytes()


def test_an_error_in_one_of_several_processes_is_told_as_in_one(paper):
    paper.plugin(
        "many",
        """
        @hookimpl
        def register_pages(self): return [Page(address=f"/{n}/", template="n.txt", data={"n": n}) for n in range(1600)]

        @hookimpl
        def register_blocks(self, slot, page): return [1 // (page.address != "/1234/")] * 0
        """,
    )
    paper.write({"templates/n.txt": "{{ slot('head') }}"})

    said = paper.fails()

    assert "many failed in register_blocks, while working on the page /1234/: ZeroDivisionError" in said
    assert not (paper.path / "public").exists()


def test_progress_is_told_as_pages_are_done(site):
    told = []

    site.build(progress=lambda *arguments: told.append(arguments))

    assert told == [("load", 3, 3), ("render", 3, 3)]
