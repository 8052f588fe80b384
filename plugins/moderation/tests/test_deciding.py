"""Deciding about comments: one or many, taken back, and when two decide at once."""

from pressframe_comments import State

from .conftest import LIST, does, flash, picks, shown, undo


def test_one_comment_is_approved_and_that_is_taken_back_and_done_again(desk):
    filed = desk.add()
    owner = desk.sign_in_as("owner")

    done = owner.follow(owner.send(f"{LIST}act", does("approve", filed)))

    assert flash(done) == "1 commentaire approuvé."
    assert "Rien n’attend." in done.text
    assert desk.rebuild()
    assert "Bravo !" in desk.visitor.get("/2026/11/crise/").text
    back = owner.follow(owner.post(f"{LIST}undo", undo(done)))
    assert (flash(back), desk.state(filed.comment.id)) == ("1 commentaire comme avant.", State.PENDING)
    owner.post(f"{LIST}undo", undo(back))
    assert desk.state(filed.comment.id) is State.APPROVED
