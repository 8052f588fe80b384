"""Deciding about comments: one or many, taken back, and when two decide at once."""

import re
import threading

import pytest

from pressframe_comments import State, Texts
from pressframe_testing import EVERY_DATABASE

from .conftest import BLOG, CRISE, LIST, does, flash, picks, shown, undo

pytestmark = EVERY_DATABASE


def test_one_comment_is_approved_and_that_is_taken_back_and_done_again(desk):
    filed = desk.add()
    owner = desk.sign_in_as("owner")

    done = owner.follow(owner.send(f"{LIST}act", does("approve", filed)))

    assert flash(done) == "1 commentaire approuvé."
    assert "Aucun commentaire en attente." in done.text
    assert desk.rebuild()
    assert "Bravo !" in desk.visitor.get("/2026/11/crise/").text
    back = owner.follow(owner.post(f"{LIST}undo", undo(done)))
    assert (flash(back), desk.state(filed.comment.id)) == ("1 commentaire remis comme avant.", State.PENDING)
    assert ">Refaire</button>" in back.text
    again = owner.follow(owner.post(f"{LIST}undo", undo(back)))
    assert (flash(again), desk.state(filed.comment.id)) == ("Refait : 1 commentaire.", State.APPROVED)
    assert ">Annuler</button>" in again.text
    last = owner.follow(owner.post(f"{LIST}undo", undo(again)))
    assert (flash(last), desk.state(filed.comment.id)) == ("1 commentaire remis comme avant.", State.PENDING)


def test_many_are_decided_about_at_one_stroke_and_taken_back_together(desk):
    comments = [desk.add(f"Numéro {number}", author=f"A{number}") for number in range(5)]
    moderator = desk.sign_in_as("moderator")

    done = moderator.follow(moderator.send(f"{LIST}act", {"bulk": "spam", **picks(*comments[1:4])}))

    assert flash(done) == "3 commentaires marqués comme indésirables."
    assert shown(done) == [comments[4].comment.id, comments[0].comment.id]
    back = moderator.follow(moderator.post(f"{LIST}undo", undo(done)))
    assert flash(back) == "3 commentaires remis comme avant."
    assert desk.store.counts()[State.PENDING] == 5


def test_the_button_of_one_comment_leaves_those_that_are_chosen_alone(desk):
    one, other = desk.add(), desk.add("Autre.")
    owner = desk.sign_in_as("owner")

    owner.send(f"{LIST}act", {**picks(other), **does("trash", one)})

    assert (desk.state(one.comment.id), desk.state(other.comment.id)) == (State.TRASH, State.PENDING)


def test_all_on_the_page_are_chosen_without_a_script(desk):
    for _ in range(3):
        desk.add()
    owner = desk.sign_in_as("owner")

    assert owner.get(LIST).text.count(" checked>") == 1  # the switch of the keys
    assert owner.get(f"{LIST}?select=all").text.count(" checked>") == 4


def test_a_restored_comment_is_where_it_was(desk):
    approved, waiting = desk.add(state=State.APPROVED), desk.add("Autre.")
    owner = desk.sign_in_as("owner")
    owner.send(f"{LIST}act", {"bulk": "trash", **picks(approved, waiting)})

    restored = [desk.store.get(one.comment.id) for one in (approved, waiting)]
    done = owner.follow(owner.send(f"{LIST}act", {"bulk": "restore", **picks(*restored)}))

    assert flash(done) == "2 commentaires rétablis."
    assert [desk.state(one.comment.id) for one in (approved, waiting)] == [State.APPROVED, State.PENDING]


def test_deleting_for_ever_asks_first_and_takes_only_what_is_in_the_trash(desk):
    gone, kept = desk.add(state=State.TRASH), desk.add("Gardé.")
    owner = desk.sign_in_as("owner")

    refused = owner.follow(owner.send(f"{LIST}act", does("delete", kept)))
    asked = owner.send(f"{LIST}act", does("delete", gone) | {"query": "state=trash"})

    assert flash(refused) == "Seul ce qui est dans la corbeille peut être supprimé définitivement."
    assert owner.send(f"{LIST}delete", picks(kept, gone)).status == 303
    assert asked.status == 200
    assert "1 commentaire disparaîtra avec son historique" in asked.text
    assert desk.state(gone.comment.id) is State.TRASH
    done = owner.follow(owner.send(f"{LIST}delete", picks(gone) | {"query": "state=trash"}))
    assert flash(done) == "1 commentaire supprimé définitivement."
    assert "La corbeille est vide." in done.text
    assert desk.store.get(gone.comment.id) is None
    assert owner.send(f"{LIST}delete", picks(gone)).status == 404


def test_what_asks_for_nothing_changes_nothing(desk):
    filed = desk.add()
    owner = desk.sign_in_as("owner")
    id = filed.comment.id
    forms = [
        {}, {"bulk": "approve"}, {"do": f"burn {id} 1"}, {"do": f"approve {id}"}, {"do": f"approve {id} x"},
        {"do": f"approve {id} 0"}, {"bulk": "approve", "pick.'; DROP TABLE": "1"},
        {"bulk": "approve", f"pick.{id}": "-1"},
    ]  # fmt: skip

    for form in forms:
        assert flash(owner.follow(owner.send(f"{LIST}act", form))).startswith("Sélectionnez d’abord"), form
    assert owner.send(f"{LIST}act", {"do": "approve c99 1"}).status == 404
    assert owner.send(f"{LIST}act", {"bulk": "approve", **picks(filed), "pick.c99": "1"}).status == 404
    assert flash(owner.follow(owner.send(f"{LIST}act", does("hold", filed)))) == "Rien à faire\xa0: c’était déjà ainsi."
    assert desk.store.get(id) == filed


# ---------------------------------------------------------------------------------------------- two at once


def test_who_is_slower_is_told_who_did_what_and_changes_nothing(desk):
    """Threat 72."""
    filed, other = desk.add("Tel qu’il est."), desk.add("Autre.")
    owner, moderator = desk.sign_in_as("owner"), desk.sign_in_as("moderator")
    moderator.send(f"{LIST}act", does("spam", filed))

    late = owner.send(f"{LIST}act", {"bulk": "approve", **picks(filed, other)})

    assert late.status == 409
    assert "moderator l’a fait passer de «\xa0En attente\xa0» à «\xa0Indésirable\xa0»" in re.sub(
        "[ \n]+", " ", late.text
    )
    assert "Tel qu’il est." in late.text
    assert "Autre." not in late.text
    assert (desk.state(filed.comment.id), desk.state(other.comment.id)) == (State.SPAM, State.PENDING)
    again = owner.send(f"{LIST}act", {"bulk": "approve", f"pick.{filed.comment.id}": "2", **picks(other)})
    assert flash(owner.follow(again)) == "2 commentaires approuvés."


def test_an_edit_that_comes_late_is_kept_in_the_form(desk):
    """Threat 72: nothing is lost, and nothing is overwritten unseen."""
    filed = desk.add("Premier texte.")
    owner, moderator = desk.sign_in_as("owner"), desk.sign_in_as("moderator")
    page, form = f"{LIST}{filed.comment.id}/edit", {"author": "Zoé", "url": "", "version": "1"}
    moderator.send(page, {**form, "comment": "Texte de l’autre."})

    late = owner.send(page, {**form, "comment": "Mon texte, long à écrire."})

    assert late.status == 409
    assert "moderator a modifié le texte" in late.text
    assert late.text.count("Texte de l’autre.") == 2  # as it is shown, and as it was typed
    assert "Mon texte, long à écrire.</textarea>" in late.text
    assert 'name="version" value="2"' in late.text
    assert desk.store.get(filed.comment.id).comment.body == "Texte de l’autre."
    owner.send(page, {**form, "version": "2", "comment": "Mon texte, long à écrire."})
    assert desk.store.get(filed.comment.id).comment.body == "Mon texte, long à écrire."


@pytest.mark.parametrize(("kind", "path"), [("restore", "act"), ("delete", "delete")])
def test_what_was_changed_since_is_neither_restored_nor_deleted(desk, kind, path):
    """Threat 72."""
    filed = desk.add(state=State.TRASH)
    owner = desk.sign_in_as("owner")
    desk.store.edit(filed.comment.id, Texts(author="Zoé", url=None, body="Autre texte."), by="Anne")

    late = owner.send(f"{LIST}{path}", {"bulk": kind, **picks(filed)})

    assert (late.status, "Autre texte." in late.text) == (409, True)
    assert desk.state(filed.comment.id) is State.TRASH


def test_what_was_changed_since_is_not_taken_back(desk):
    """Threat 72."""
    filed = desk.add()
    owner, moderator = desk.sign_in_as("owner"), desk.sign_in_as("moderator")
    done = owner.follow(owner.send(f"{LIST}act", does("approve", filed)))
    moderator.send(f"{LIST}act", {"do": f"spam {filed.comment.id} 2"})

    back = owner.follow(owner.post(f"{LIST}undo", undo(done)))

    assert flash(back) == "Annulation impossible\xa0: moderator a modifié le commentaire entre-temps."
    assert desk.state(filed.comment.id) is State.SPAM


def test_nobody_takes_back_what_another_did(desk):
    """Threat 45: what an undo is told is signed for who did it, be it in the same role."""
    filed, password = desk.add(), "a password of their own"
    owner, moderator, second = desk.sign_in_as("owner"), desk.sign_in_as("moderator"), desk.browser()
    account = ("second@example.org", "--role", "moderator", "--password-stdin")
    assert desk.site.run("admin", "create", *account, given=f"{password}\n").status == 0
    second.post("/admin/sign-in", {"address": "second@example.org", "password": password})
    done = undo(moderator.follow(moderator.send(f"{LIST}act", does("approve", filed))))
    act = desk.store.history(filed.comment.id)[0].act

    for browser in (owner, second):
        for acts in (done["acts"], act, f'["{act}"]', "", "x.y"):
            assert browser.send(f"{LIST}undo", {"acts": acts}).status == 303
    assert desk.state(filed.comment.id) is State.APPROVED


def test_who_has_another_role_since_takes_back_nothing_of_before(desk):
    """Threat 45: an undo that was kept from when they were a moderator, of a comment that is not theirs now."""
    filed = desk.add(entry=BLOG)
    moderator = desk.sign_in_as("moderator")
    kept = undo(moderator.follow(moderator.send(f"{LIST}act", does("approve", filed))))
    desk.site.run("admin", "role", "moderator@example.org", "author", "--author", "odile")
    author = desk.sign_in_as("moderator")

    assert author.get(f"{LIST}{filed.comment.id}").status == 404
    said = flash(author.follow(author.send(f"{LIST}undo", {"acts": kept["acts"], "query": ""})))

    assert said == "Cela ne peut plus être annulé."
    assert desk.state(filed.comment.id) is State.APPROVED


def test_the_number_on_a_page_is_that_of_its_comments_however_many_decide_at_once(desk):
    """Threat 72: four moderators approve, hold, trash and delete the same twelve comments at once."""
    comments = [desk.add(f"Numéro {number}") for number in range(12)]
    browsers = [desk.sign_in_as("owner"), *(desk.sign_in_as("moderator") for _ in range(3))]
    tokens = [re.search(r'name="token" value="([^"]+)"', one.get("/admin/").text)[1] for one in browsers]
    statuses = []

    def decide(browser, token, kind):
        for filed in comments:
            for version in range(1, 4):
                form = {"do": f"{kind} {filed.comment.id} {version}", "token": token}
                statuses.append(browser.post(f"{LIST}act", form).status)

    kinds = ("approve", "hold", "trash", "approve")
    threads = [threading.Thread(target=decide, args=args) for args in zip(browsers, tokens, kinds, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.rebuild()

    assert set(statuses) == {303, 409}
    page = desk.visitor.get("/2026/11/crise/").text
    shown_now = len(re.findall(r'<li id="comment-c\d+" class="comment ', page))
    assert shown_now == desk.store.counts()[State.APPROVED] == desk.app.served.release.view().comment_count(CRISE)
    for filed in comments:
        now, steps = desk.store.get(filed.comment.id), desk.store.history(filed.comment.id)
        assert [step.version for step in steps] == list(range(2, now.version + 1))  # each won once, in a row


def test_the_one_who_deletes_wins_over_the_one_who_approves(desk):
    """Threat 72: approved and deleted at once."""
    filed = desk.add(state=State.TRASH)
    owner, moderator = desk.sign_in_as("owner"), desk.sign_in_as("moderator")
    owner.send(f"{LIST}delete", picks(filed))

    late = moderator.send(f"{LIST}act", does("approve", filed))

    assert late.status == 404
    assert "Commentaire introuvable" in late.text
    assert sum(desk.store.counts().values()) == 0
