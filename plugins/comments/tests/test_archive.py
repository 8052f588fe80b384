"""Conversations kept in files beside the content, and what is said when such a file is wrong."""

import os
from textwrap import dedent

import pytest

from pressframe import ContentError, ManyErrors

ONE = """
[[comment]]
id = 18
author = "Zoé"
date = 2011-05-09T10:47:00+02:00
body = '''
Un.
'''
"""


def write_unseen(file, text):
    """Change *file* in place, its size and its time of change as they were."""
    before = file.stat()
    file.write_text(text, "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size


@pytest.fixture
def archive(tmp_path):
    """Writes a file of archived comments, and the entry's own file beside it."""

    def write(text, name="posts/billet", *, beside=""):
        file = tmp_path / "content" / f"{name}.comments.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), "utf-8")
        if beside is not None:
            file.with_name(f"{file.name.partition('.')[0]}.md").write_text(beside, "utf-8")
        return file

    return write


def test_archived_comments_are_shown_with_the_ids_they_had(archive, serve):
    archive(
        ONE
        + """
        [[comment]]
        id = 23
        author = "Odile"
        date = 2011-05-09T21:16:00+02:00
        url = "https://odile.example/"
        parent = 18
        by_author = true
        body = "Merci :)"

        [[comment]]
        id = 24
        kind = "pingback"
        author = "Le mot juste"
        date = 2011-05-10T08:00:00
        url = "https://mot.example/"
        body = "[…] une citation […]"

        [[comment]]
        id = 25
        format = "html"
        author = "Max"
        date = 2011-05-11T08:00:00Z
        body = "<p>Déjà <b>mis en forme</b> :D</p>"
        """
    )

    page = serve().page()

    assert page.comments == ["18", "23", "25"]
    assert "4 réponses sur" in page.seen
    assert 'class="comment odd depth-2 bypostauthor"' in page.text
    assert 'href="https://odile.example/" rel="external nofollow ugc noopener"' in page.text
    assert "<p>Merci 🙂</p>" in page.text
    assert "<p>Déjà <b>mis en forme</b> 😀</p>" in page.text
    assert 'id="comment-24" class="pingback"' in page.text


def test_a_date_without_a_zone_is_one_of_the_site(archive, serve):
    archive(ONE.replace("+02:00", ""))

    assert 'datetime="2011-05-09T10:47:00+02:00"' in serve().page().text


def test_a_file_may_name_its_entry(archive, serve):
    archive('entry = "posts/billet"\n' + ONE, "vieux/nom")

    assert serve().page().comments == ["18"]


def test_comments_of_a_draft_wait_with_it(archive, serve):
    archive(ONE, "posts/brouillon")

    assert serve().page().comments == []


def test_archived_and_new_comments_make_one_conversation(archive, serve):
    archive(ONE)
    served = serve(settings='moderation = "never"')

    served.post(comment_parent="18")

    assert served.page().comments == ["18", "c1"]


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text(file.read_text("utf-8") + ONE.replace("18", "19"), "utf-8"),
        lambda file: file.unlink(),
        lambda file: file.with_name("autre.comments.toml").write_text(
            'entry = "posts/billet"' + ONE.replace("18", "7")
        ),
        lambda file: write_unseen(file, ONE.replace("Un.", "Du.")),
        lambda file: file.with_name("billet.md").unlink(),
        lambda file: (file.parent / "neuf").mkdir() or (file.parent / "neuf" / "a.comments.toml").write_text(""),
    ],
)
def test_a_change_in_any_file_is_noticed(archive, serve, change):
    file = archive(ONE)
    served = serve()
    assert not served.release.is_stale()

    change(file)

    assert served.release.is_stale()


def test_a_file_touched_but_unchanged_by_folders_of_long_ago_is_still_found(archive, serve):
    """Folders whose time is old are not read again, unless it changes."""
    file = archive(ONE)
    for folder in (file.parent, file.parent.parent):
        os.utime(folder, (1_600_000_000, 1_600_000_000))
    served = serve()

    file.with_name("autre.comments.toml").write_text('entry = "posts/billet"' + ONE.replace("18", "7"), "utf-8")

    assert served.release.is_stale()
    assert served.page().comments == ["18", "7"]


def test_a_folder_that_holds_itself_is_gone_through_once(archive, serve):
    file = archive(ONE)
    (file.parent / "loop").symlink_to(file.parent)

    assert serve().page().comments == ["18"]


FILE = "content/posts/billet.comments.toml"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[[comment]\n", f"{FILE}:1: not valid TOML: "),
        ("\n\n[[comment]]\nid = 1\n", f"{FILE}:3: author is missing\n  add author = text in quotes"),
        (ONE.replace("author", "autor"), f"{FILE}:4: autor: no such key\n  Did you mean author?"),
        (
            ONE.replace("id = 18", "id = true"),
            f"{FILE}:3: id: must be a number, or letters, digits and hyphens in quotes, got True",
        ),
        (ONE.replace("id = 18", "id = -1"), f"{FILE}:3: id: must be 0 or more"),
        (ONE + "url = 7\n", f"{FILE}:9: url: must be text in quotes, got 7"),
        (ONE.replace("T10:47:00+02:00", ""), f"{FILE}:5: date: must be a date and time, such as "),
        (
            ONE + 'kind = "trackback"\n',
            f'{FILE}:9: kind: must be "comment", "pingback" or "webmention", got "trackback"',
        ),
        (ONE.replace('"Zoé"', '""'), f'{FILE}:4: author: author is empty\n  write a name, or "Anonyme"'),
        (
            ONE + ONE.replace("Un.", "Deux."),
            f"{FILE}:10: comment 18 is in {FILE}:2, too\n  give one of them another id",
        ),
        ("comments = []\n", f"{FILE}: comments: no such key\n  Did you mean comment?"),
        ("comment = 1\n", f"{FILE}: comments must be written as [[comment]]"),
        ("entry = 1\n", f"{FILE}: entry: entry must be text in quotes"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(archive, serve, text, error):
    archive(text)

    with pytest.raises((ContentError, ManyErrors)) as caught:
        serve()

    assert str(caught.value).startswith(error)


def test_all_that_is_wrong_in_all_files_is_said_at_once(archive, serve):
    archive(ONE.replace("author", "autor").replace("date", "dat"))
    archive("[[comment]\n", "posts/autre")

    with pytest.raises(ManyErrors) as caught:
        serve()

    places = [str(error.at) for error in caught.value.errors]
    assert places == [
        "content/posts/autre.comments.toml:1",
        f"{FILE}:4: autor",
        f"{FILE}:5: dat",
        f"{FILE}:2",
        f"{FILE}:2",
    ]


def test_a_file_that_is_not_utf_8_is_one_clear_error(archive, serve):
    archive(ONE).write_bytes(b"[[comment]]\nauthor = '\xff'")

    with pytest.raises(ContentError, match=f"^{FILE}: cannot be read: 'utf-8' codec"):
        serve()


def test_a_folder_that_cannot_be_read_is_one_clear_error(serve):
    with pytest.raises(ContentError, match=r"^x{300}: cannot be read: File name too long$"):
        serve(settings=f'archive = "{"x" * 300}"')


def test_comments_of_no_entry_are_not_lost_silently(archive, serve):
    archive(ONE, "posts/bilet", beside=None)

    with pytest.raises(
        ContentError, match=r"^content/posts/bilet\.comments\.toml: there is no entry posts/bilet for these"
    ):
        serve()


def test_comments_of_an_entry_with_an_id_of_its_own_have_to_name_it(archive, serve):
    archive(ONE, "posts/2011", beside='---\ntitle: "T"\nid: "billet-7" # ancien\n---\nTexte\n')

    with pytest.raises(ContentError) as caught:
        serve()

    assert str(caught.value) == (
        'content/posts/2011.comments.toml: the entry in 2011.md has the id "billet-7"\n'
        '  begin this file with entry = "billet-7"'
    )


def test_a_comment_that_quotes_such_a_file_only_costs_the_line(archive, serve):
    archive(ONE.replace("Un.", "Écrivez :\n[[comment]]\nid = 1") + 'autor = "x"\n')

    with pytest.raises(ContentError, match=f"^{FILE}: autor: no such key"):
        serve()
