"""What stands before every action: who is not signed in, may not, or did not mean to, goes no further."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from urllib.parse import urlencode

import attrs

from pressframe.errors import HookError, Place, PluginError, PressframeError
from pressframe.model import Host, Live
from pressframe_admin._sessions import SessionStore
from pressframe_admin._shell import SAFE, SIGN_IN, Brought, Shell, page_of
from pressframe_admin.model import Account, Action, Done
from pressframe_web import Request, Response, Route
from pressframe_web.identity import is_same
from pressframe_web.uploads import MULTIPART, read_fields

TOKEN = "token"


@attrs.frozen
class Guard:
    """One action's endpoint, as the server calls it."""

    _host: Host
    _shell: Shell
    _brought: Brought
    _action: Action

    def __call__(self, request: Request, site: Live) -> Response:
        """Answer who may ask, and refuse all others before the action hears of it."""
        if self._action.takes_files and request.body:
            request = attrs.evolve(request, form=read_fields(request))
        signed = SessionStore(self._host).find(request)
        if signed is None:
            return self._ask_to_sign_in(request, site)
        roles = self._action.roles if self._action.roles is not None else self._brought.screen.roles
        refusal = "" if signed.account.role in roles else "role"
        if not refusal and request.method not in SAFE and not is_same(request.form.get(TOKEN, ""), signed.token):
            refusal = "token"
        if refusal:
            return self._shell.show(request, site, signed, _refused(refusal))
        answer = self._answer(request, site, signed.account)
        if isinstance(answer, Done):
            cookies = (self._shell.flash_cookie(signed.account, answer.flash),) if answer.flash else ()
            answer = Response(location=answer.location, cookies=cookies)
        return self._shell.show(request, site, signed, answer)

    def _ask_to_sign_in(self, request: Request, site: Live) -> Response:
        if request.method not in SAFE:
            return self._shell.bare(site, _refused("signed-out"))
        wanted = request.path + (f"?{urlencode(request.query)}" if request.query else "")
        return Response(location=f"{SIGN_IN}?{urlencode({'next': wanted})}")

    def _answer(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Return what the plugin answers.

        Raises:
            HookError: It failed, or answered something else.
        """
        plugin, path = self._brought.plugin, self._action.path
        try:
            answer: object = self._action.endpoint(request, site, account)
        except PressframeError:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{plugin} failed to answer {path}: {type(error).__name__}: {error}"
            raise HookError(said, plugin=plugin, hook="register_admin", at=Place(last.filename, last.lineno)) from error
        if not isinstance(answer, Response | Done):
            said = f"{plugin} answered {path} with {type(answer).__name__}; a Response or a Done is wanted"
            raise HookError(said, plugin=plugin, hook="register_admin")
        return answer


def guarded(host: Host, shell: Shell) -> Iterable[Route]:
    """Return a route for each action of each screen, with a guard before it.

    Raises:
        PluginError: Two answer one path and method.
    """
    owners: dict[tuple[str, str], str] = {}
    for brought in shell.brought:
        for action in brought.screen.routes:
            for method in action.methods:
                other = owners.setdefault((method, action.path), brought.plugin)
                if other != brought.plugin:
                    raise PluginError(f'"{other}" and "{brought.plugin}" both answer {method} {action.path}')
            kinds = (MULTIPART,) if action.takes_files else ()
            endpoint = Guard(host, shell, brought, action)
            yield Route(methods=action.methods, path=action.path, endpoint=endpoint, media_types=kinds)


def _refused(why: str) -> Response:
    return Response(status=403, page=page_of("refused", why=why))
