"""Who may do what: every route of the screen, for everybody, with comments on posts of one's own and of others."""

import re

import pytest

from pressframe_comments import State

from .conftest import BLOG, CRISE, LIST, does, picks, shown


@pytest.fixture
def matrix(desk):
    """Return the desk, with comments on posts of both authors in every state."""
    for entry in (CRISE, BLOG):
        for state in State:
            desk.add(
                f"{entry} {state.value}",
                entry=entry,
                state=state,
                author=f"Z-{entry[-4:]}",
                email=f"{entry[-4:]}@e.org",
            )
    return desk


def _routes(site):
    (screen,) = [one for plugin, one in site.hooks.all("register_admin", site) if plugin == "moderation"]
    return {(method, action.path) for action in screen.routes for method in action.methods}


def _try(browser, method, path, filed):
    """Ask for a route about one comment, in every way that it can be asked."""
    address, id = path.replace("{id}", filed.comment.id), filed.comment.id
    if method == "GET":
        return [browser.get(address)]
    version = {"version": str(filed.version)}
    forms = {
        f"{LIST}act": [
            does("approve" if filed.state is State.PENDING else "hold", filed),
            {"bulk": "spam", **picks(filed)}, {"bulk": "trash", **picks(filed)}, {"bulk": "restore", **picks(filed)},
            does("delete", filed),
        ],
        f"{LIST}delete": [picks(filed)],
        f"{LIST}{{id}}/edit": [{**version, "author": "X", "comment": "Changé."}],
        f"{LIST}{{id}}/reply": [{**version, "comment": "Réponse."}],
    }  # fmt: skip
    return [browser.send(address, form) for form in forms.get(path, [{"acts": id}])]


def test_every_route_is_for_those_whose_comments_they_are(matrix):
    """Threat 45: a matrix of roles, routes, and comments on own posts and others'."""
    desk = matrix
    odile, everybody = desk.sign_in_as("author", author="odile"), {}
    everybody = {"stranger": desk.browser(), "member": desk.sign_in("lectrice@example.org")}
    before = desk.store.search(_all()).comments
    theirs = [filed for filed in before if filed.comment.entry == BLOG]
    routes = _routes(desk.app.site)
    assert len(routes) == 8

    wrong = []
    for method, path in sorted(routes):
        if path in (LIST, f"{LIST}undo"):
            continue
        for filed in theirs:
            replies = _try(odile, method, path, filed)
            wrong += [(method, path, filed.state, one.status) for one in replies if one.status != 404]
            wrong += [(method, path, "leak") for one in replies if filed.comment.body in one.text]
        for who, browser in everybody.items():
            address = path.replace("{id}", theirs[0].comment.id)
            status = browser.get(address).status if method == "GET" else browser.post(address, picks(theirs[0])).status
            wrong += [(method, path, who, status)] if status != (303 if method == "GET" else 403) else []

    assert wrong == []
    assert desk.store.search(_all()).comments == before


def _all():
    from pressframe_comments import Search

    return Search()


@pytest.mark.parametrize("role", ["owner", "moderator", "author"])
def test_those_who_may_do_all_of_it(matrix, role):
    """Threat 45: the other side of the matrix."""
    desk = matrix
    browser = desk.sign_in_as(role, author="odile" if role == "author" else "")
    mine = {CRISE} if role == "author" else {CRISE, BLOG}

    for method, path in sorted(_routes(desk.app.site)):
        for filed in desk.store.search(_all()).comments:
            if filed.comment.entry in mine and filed.comment.author.startswith("Z-"):
                statuses = {one.status for one in _try(browser, method, path, filed)}
                assert statuses <= {200, 303, 404, 409}, (method, path)
                assert path not in (f"{LIST}{{id}}", f"{LIST}{{id}}/edit") or 404 not in statuses
    assert desk.store.counts()[State.TRASH] < 2 * len(mine)


def test_an_author_sees_counts_and_finds_nothing_but_their_own(matrix):
    """Threat 45: lists, counts, search, badge, card."""
    desk = matrix
    odile, owner = desk.sign_in_as("author", author="odile"), desk.sign_in_as("owner")
    desk.add("Même adresse.", entry=CRISE, email="blog@e.org")

    for query in ("state=all", f"state=all&entry={BLOG}", "state=all&q=posts", "state=all&address=blog@e.org"):
        page = odile.get(f"{LIST}?{query}").text
        assert f"{BLOG} " not in re.sub(r'value="[^"]*"', "", page)
        assert "1 approuvé, 1 indésirable" not in page or "crise" not in query
    assert len(shown(odile.get(f"{LIST}?state=all"))) == 5
    assert len(shown(owner.get(f"{LIST}?state=all"))) == 9
    assert "(5)" in odile.get(f"{LIST}?state=all").text
    assert "(9)" not in odile.get(f"{LIST}?state=all").text
    home = odile.get("/admin/").text
    assert '<p class="figure">2</p>' in home
    assert "Z-blog" not in home


def test_an_author_without_posts_has_no_comments(matrix):
    desk = matrix
    nobody = desk.sign_in_as("author", author="personne")

    assert shown(nobody.get(f"{LIST}?state=all")) == []
    assert "Aucun commentaire en attente." in nobody.get(LIST).text


def test_a_form_without_its_token_changes_nothing(matrix):
    """Threat 40."""
    desk = matrix
    owner, before = desk.sign_in_as("owner"), desk.store.search(_all()).comments

    for method, path in _routes(desk.app.site):
        if method == "POST":
            for token in ({}, {"token": "x"}):
                filed = before[0]
                address = path.replace("{id}", filed.comment.id)
                assert (
                    owner.post(address, {**does("hold", filed), **picks(filed), "comment": "x", **token}).status == 403
                )
    assert desk.store.search(_all()).comments == before
