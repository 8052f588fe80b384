"""Who may do what: every route of every plugin, for everybody."""

import shutil
from pathlib import Path

import pytest

from pressframe import HookError, PluginError, Site
from pressframe_admin import Action, Role, Screen

from .conftest import main_of

PRLAND = Path(__file__).parents[3] / "examples" / "prland"
WAYS_IN = {"/admin", "/admin/sign-in", "/admin/sign-in/link", "/admin/link/{token}"}


def _screens(site) -> list[Screen]:
    return [screen for _, screen in site.hooks.all("register_admin", site)]


def _address(path: str) -> str:
    return path.replace("{id}", "17")


def test_every_action_is_for_the_roles_that_it_names_and_nobody_else(desk):
    """Threat 45: a matrix of every route and everybody; what is not allowed reaches no endpoint."""
    browsers = {
        "owner": desk.sign_in_as("owner"),
        "moderator": desk.sign_in_as("moderator"),
        "author": desk.sign_in_as("author", author="odile"),
        "stranger": desk.browser(),
        "member": desk.sign_in("lectrice@example.org"),
    }
    wrong = []
    for screen in _screens(desk.app.site):
        for action in screen.routes:
            if action.path.startswith("/admin/account/") and action.methods == ("POST",):
                continue  # they would end the sessions; for all who are signed in
            for method in action.methods:
                for who, browser in browsers.items():
                    before = len(desk.calls)
                    address = _address(action.path)
                    is_in = who in [role.value for role in Role]
                    if method == "GET":
                        status = browser.get(address).status
                    else:
                        status = (browser.send if is_in else browser.post)(address, {}).status
                    may = who in {role.value for role in action.roles or screen.roles}
                    refused = 403 if is_in or method != "GET" else 303
                    expected = {200, 303, 404 if "{rest" in address else 500} if may else {refused}
                    reached = len(desk.calls) > before
                    if status not in expected or (reached and not may):
                        wrong.append((method, address, who, status, reached))

    assert wrong == []
    assert {call.split()[0] for call in desk.calls} >= {"list", "approve", "undo", "purge", "item", "mine", "broken"}


def test_under_admin_nothing_answers_but_screens_and_the_ways_in(tmp_path):
    """Threat 45: no bundled plugin has a route there with no guard before it."""
    shutil.copytree(
        PRLAND, tmp_path / "prland", ignore=shutil.ignore_patterns("data", "public", ".pressframe", "outbox")
    )
    site = Site.open(tmp_path / "prland")
    from pressframe_admin._guard import Guard

    routes = [
        (plugin, route)
        for plugin, route in site.hooks.all("register_routes", site)
        if route.path == "/admin" or route.path.startswith("/admin/")
    ]

    open_ones = {route.path for _, route in routes if not isinstance(route.endpoint, Guard)}
    assert open_ones == WAYS_IN
    assert {plugin for plugin, _ in routes} == {"admin"}


def test_a_screen_must_say_who_may_see_it():
    """Threat 45: there is no default."""
    show = Action(path="/admin/x/", endpoint=lambda *_: None)

    with pytest.raises(TypeError, match="roles"):
        Screen(path="/admin/x/", title="X", routes=(show,))
    with pytest.raises(ValueError, match="roles"):
        Screen(path="/admin/x/", title="X", roles=(), routes=(show,))
    with pytest.raises(ValueError, match="'king' is not a valid Role"):
        Screen(path="/admin/x/", title="X", roles=("king",), routes=(show,))


@pytest.mark.parametrize(
    ("screen", "action", "said"),
    [
        ("/admin", "/admin/x/", 'path must look like "/admin/comments/"'),
        ("/x/", "/admin/x/", 'path must look like "/admin/comments/"'),
        ("/admin/x/{id}/", "/admin/x/", 'path must look like "/admin/comments/"'),
        ("/admin/x/", "/x/", "path must be a path that begins with /admin/"),
        ("/admin/x/", "/admin/y/", "must lie below it"),
        ("/admin/x/", "/admin/x/only", "must answer GET /admin/x/"),
    ],
)
def test_a_screen_keeps_to_its_own_ground(screen, action, said):
    with pytest.raises(ValueError, match=said.replace("/", "/")):
        Screen(path=screen, title="X", roles=(Role.OWNER,), routes=(Action(path=action, endpoint=lambda *_: None),))


def test_an_action_may_allow_fewer_but_not_more():
    show = Action(path="/admin/x/", endpoint=lambda *_: None, roles=(Role.AUTHOR,))

    with pytest.raises(ValueError, match="allows a role that the screen /admin/x/ does not"):
        Screen(path="/admin/x/", title="X", roles=(Role.OWNER,), routes=(show,))


RIVAL = """
== plugins/rival.py ==
import attrs
from pressframe import hookimpl
from pressframe_admin import Action, Role, Screen


@attrs.frozen(eq=False)
class Rival:
    @hookimpl
    def register_admin(self):
        {body}
"""
SCREEN = (
    'return [Screen(path="/admin/desk/", title="R", roles=[Role.OWNER], '
    'routes=[Action(path="/admin/desk/", endpoint=print)])]'
)


def _with_rival(blog, body):
    site = blog(more=RIVAL.format(body=body))
    site.edit("pressframe.toml", site.read("pressframe.toml").replace('"desk",', '"desk", "rival",'))
    return site


def test_two_plugins_at_one_address_are_both_named(blog):
    with pytest.raises(PluginError, match='"desk" and "rival" both answer GET /admin/desk/'):
        _with_rival(blog, SCREEN).serve()


@pytest.mark.parametrize(
    ("body", "said"), [("return [1]", "rival answered register_admin with int"), ("1 / 0", "rival")]
)
def test_a_plugin_that_fails_to_bring_screens_is_named(blog, body, said):
    """Threat 62."""
    with pytest.raises(HookError, match=said) as caught:
        _with_rival(blog, body).serve()

    assert (caught.value.plugin, caught.value.hook) == ("rival", "register_admin")


@pytest.mark.parametrize("name", ["broken", "odd"])
def test_an_endpoint_that_fails_is_named_in_the_log(desk, caplog, name):
    """Threats 18, 62."""
    answer = desk.owner().get(f"/admin/desk/{name}")

    assert answer.status == 500
    assert "mistake" not in answer.text
    told = (
        "desk failed to answer /admin/desk/broken: KeyError"
        if name == "broken"
        else "desk answered /admin/desk/odd with str"
    )
    assert told in caplog.text


def test_refusals_speak_to_who_gets_them(desk):
    author = desk.sign_in_as("author", author="odile")

    refused = author.get("/admin/desk/")
    assert refused.status == 403
    assert main_of(refused.text).startswith("Accès refusé Votre compte ne permet pas de faire cela.")
    assert 'href="/admin/desk/"' not in refused.text
    out = desk.browser().post("/admin/desk/approve", {})
    assert (out.status, main_of(out.text)[:25]) == (403, "Vous êtes déconnecté·e Ri")
    assert out.headers["cache-control"] == "private, no-store"
