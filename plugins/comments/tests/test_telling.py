"""Plugins learn what becomes of comments, from the server and from the command line alike."""

import pytest

from pressframe_comments import comment_store


@pytest.fixture
def told(served):
    """Return what plugins were told since this was last called."""
    file, seen = served.site.folder / "told.txt", []

    def told():
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        new = lines[len(seen) :]
        seen.extend(new)
        return new

    return told


def test_a_comment_is_told_as_received_and_then_as_what_was_decided(served, told):
    served.post(comment="Un.")
    served.post(comment="Un.")  # a double click
    served.moderate("approve", "c1")
    served.later(minutes=1)
    served.post(comment="Deux.")

    assert told() == [
        "c1 received /billet/ -",
        "c1 held /billet/ -",
        "c1 accepted - command line",
        "c2 received /billet/ -",
        "c2 accepted /billet/ -",
    ]


def test_every_command_tells(served, told):
    for text in ("Un.", "Deux."):
        served.post(comment=text)
        served.later(minutes=1)
    told()
    for arguments in (
        ("approve", "1", "2"), ("approve", "1"), ("spam", "2"), ("undo",), ("edit", "1", "--body", "Uno."),
        ("hold", "1"), ("trash", "1"), ("restore", "1"), ("reply", "2", "Merci.", "--author", "Anne"),
        ("delete", "--for-ever", "2"),
        ("trash", "1"), ("delete", "--for-ever", "1"),
    ):  # fmt: skip
        done = served.moderate(*arguments)
        assert done.exit_code == 0, done.output

    assert [line.replace(" - command line", "") for line in told()] == [
        "c1 accepted", "c2 accepted", "c2 spam", "c2 accepted", "c1 edited", "c1 held", "c1 removed", "c1 held",
        "c3 received", "c3 accepted", "c2 removed", "c1 removed",
    ]  # fmt: skip


def test_a_plugin_that_fails_is_logged_and_undoes_nothing(served, told, caplog):
    (served.site.folder / "deaf").touch()

    answer = served.post(comment="Un.")

    assert answer.status == 303
    assert comment_store(served.site).get("c1") is not None
    assert "shelf failed in on_comment, while working on comment c1 of posts/billet: RuntimeError: deaf" in caplog.text
    assert served.moderate("approve", "1").exit_code == 0
    assert served.page().comments == ["c1"]


def test_the_log_has_a_trail_without_anything_about_readers(served, caplog):
    """Threat 60."""
    with caplog.at_level("INFO", logger="pressframe"):
        served.post(author="Zoé", comment="Un\r\n\x1b[31m secret.")

    assert "comment c1 was received" in caplog.messages
    assert "comment c1 was held" in caplog.messages
    assert not any(word in caplog.text for word in ("Zoé", "zoe@", "secret", "\x1b"))
