"""The Jinja environment: the chain of templates, slots, assets, translations, and errors that name the line."""

import functools
import gettext
import struct
import traceback
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any, ClassVar

import jinja2.ext
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS, do_mark_safe
from jinja2.runtime import Context, Macro

from pressframe._dates import date_filter
from pressframe.errors import Place, PluginError, PressframeError, TemplateError
from pressframe.files import digest_of
from pressframe.model import Entry, Host, Page, View

_HERE = Path(__file__).parent
_COMPILED = 2
"""Counts the ways in which templates were compiled since the first release."""

escape: Callable[[object], str] = FILTERS["escape"]
_NOTHING = do_mark_safe("")
_MARKUP = type(_NOTHING)


class Templates:
    """All templates of a site, compiled when first used; made anew for each build.

    Args:
        host: Whose plugins bring templates, translations and filters.
        state: Where compiled templates are kept between builds.
        asset: Gives a file's address with its version; raises LookupError for an unknown one.
        note: Told of each template that a rendering looks for, as a question.
        apart: Returns what a function returns, with the questions that were noted meanwhile; those are no page's yet.
    """

    def __init__(
        self, host: Host, state: Path, *,
        asset: Callable[[str], str], note: Callable[[str], None] = lambda question: None,
        apart: Callable[[Callable[[], str]], tuple[str, Iterable[str]]] = lambda make: (make(), ()),
    ) -> None:  # fmt: skip
        self._host, self._note, self._apart = host, note, apart
        self._parts: dict[Hashable, tuple[str, Iterable[str]]] = {}
        brought = host.hooks.all("register_templates")
        self._folders = [host.folder / "templates", *(folder for _, folder in reversed(brought))]
        named = {plugin: jinja2.FileSystemLoader(folder) for plugin, folder in brought}
        self._loader = _ReadOnce([jinja2.FileSystemLoader(self._folders), jinja2.PrefixLoader(named, ":")])
        self._environment = environment = _Environment(
            loader=self._loader, undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            autoescape=jinja2.select_autoescape(("html", "xml", "svg")), trim_blocks=True, lstrip_blocks=True,
            auto_reload=False, optimized=False, cache_size=-1, bytecode_cache=_cache(state, host),
        )  # fmt: skip
        environment.note, environment.found = note, {}
        words = _translations(host)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        environment.globals["gettext"] = environment.globals["_"] = _gettext(words)
        slot = jinja2.pass_context(lambda of, name: self.fill(name, of["page"], of["site"], of["entry"]))
        environment.globals |= {"slot": slot, "part": self._part, "asset": asset}
        environment.filters["date"] = date_filter(words, host.settings.timezone)
        environment.filters["absolute"] = lambda address: f"{host.settings.url}{address}"
        self._add_filters()
        self._shared = dict(environment.globals)

    def _add_filters(self) -> None:
        known = dict.fromkeys(self._environment.filters, "the core")
        for plugin, filters in self._host.hooks.ask("register_filters"):
            for name, function in filters.items():
                if name in known:
                    raise PluginError(f'"{plugin}" and {known[name]} both bring a template filter called {name}')
                known[name] = f'"{plugin}"'
                self._environment.filters[name] = function

    def settle(self) -> None:
        """Read every template, so that processes which are forked from now on see the same ones."""
        for name in self._environment.list_templates():
            with suppress(UnicodeDecodeError):  # told of where it is used
                self._source(name)

    def _source(self, name: str) -> tuple[str, str | None]:
        with suppress(jinja2.TemplateNotFound):
            return self._loader.get_source(self._environment, name)[:2]
        return "", None

    def answer(self, question: str) -> str:
        """Return what changes when the template that *question* is about does, or another one wins over it."""
        text, file = self._source(question.partition("\t")[2])
        return digest_of(text) if file else ""

    def find(self, name: str) -> Path | None:
        """Return the file that wins as the template *name*; None if there is none."""
        return Path(file) if (file := self._source(name)[1]) else None

    def render(self, page: Page, view: View) -> str:
        """Return *page* as *view* sees it.

        Raises:
            TemplateError: A template is missing, cannot be parsed, or fails; with its file and line.
        """
        entry = view.entry(page.subject) if page.subject is not None else None
        values = {**page.data, "page": page, "site": view, "entry": entry}
        try:
            return self._rendered(page.template, values)
        except PressframeError:
            raise
        except Exception as error:
            place = entry.source.place if entry else None
            raise self._explained(error, f"{page.address} ({place.file})" if place else page.address) from error

    def _rendered(self, name: str, values: dict[str, Any]) -> str:
        """Return what ``Template.render`` does, in less time: what templates share is not looked up name by name."""
        template = self._environment.get_template(name)
        context = template.new_context({**self._shared, **values}, shared=True)
        try:
            return "".join(template.root_render_func(context))
        except Exception:  # noqa: BLE001 - raised again, with the template's own lines
            self._environment.handle_exception()

    def fill(self, slot: str, page: Page, view: View, entry: Entry | None = None) -> str:
        """Return the blocks that plugins have for a slot, rendered with the names of the page around it."""
        blocks = self._host.hooks.register_blocks(slot, page, view)
        if not blocks:
            return _NOTHING
        shared = {**page.data, "page": page, "site": view, "entry": entry}
        return do_mark_safe("\n".join([self._rendered(one.template, {**shared, **one.data}) for one in blocks]))

    @jinja2.pass_context
    def _part(self, context: Context, name: str, /, by: Hashable = None, **values: Any) -> str:
        """Return a template of the site and *values* alone, made once for all pages with the same, or the same *by*."""
        view: View = context["site"]
        key = (name, view.audiences, by, *(values.items() if by is None else ()))
        if key not in self._parts:
            self._parts[key] = self._apart(lambda: self._rendered(name, {"site": view, **values}))
        text, questions = self._parts[key]
        for question in questions:
            self._note(question)
        return do_mark_safe(text)

    def _explained(self, error: Exception, subject: str) -> TemplateError:
        """Return the error with the template's line; *subject* is the page, with its entry's file if it has one."""
        what = f"{str(error).rstrip('.')}, while rendering {subject}"
        if isinstance(error, jinja2.TemplateSyntaxError):
            return TemplateError(what, at=self._place(error.filename or error.name or "", error.lineno))
        if isinstance(error, UnicodeDecodeError):
            files = (file for folder in self._folders for file in folder.rglob("*") if file.is_file())
            file = next((one for one in files if one.read_bytes() == error.object), None)
            at = self._place(str(file), error.object.count(b"\n", 0, error.start) + 1) if file else None
            return TemplateError(f"not UTF-8 text, needed for {subject}", at=at, fix="save it as UTF-8")
        frames = traceback.extract_tb(error.__traceback__)
        inside = [one for one in frames if any(Path(one.filename).is_relative_to(folder) for folder in self._folders)]
        at = self._place(inside[-1].filename, inside[-1].lineno) if inside else None
        if isinstance(error, jinja2.TemplateNotFound):
            what = f"there is no template {error}, needed for {subject}"
            return TemplateError(what, at=at, fix="enable a theme, or write it in the site's folder templates/")
        kind = "" if isinstance(error, jinja2.UndefinedError) else f"{type(error).__name__}: "
        return TemplateError(kind + what, at=at)

    def _place(self, file: str, line: int | None) -> Place:
        path = Path(file)
        inside = path.is_relative_to(self._host.folder)
        return Place(str(path.relative_to(self._host.folder)) if inside else file, line)


def _escape(value: Any) -> str:
    """Return what ``markupsafe.escape`` does; most names, numbers and texts have nothing in them to be escaped."""
    kind = type(value)
    if kind is str:
        is_plain = not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value)
        return value if is_plain else escape(value)
    return value if kind is _MARKUP else str(value) if kind is int else escape(value)


class _Template(jinja2.Template):
    """Escapes in a quarter of the time."""

    @classmethod
    def from_code(cls, *arguments: Any, **named: Any) -> jinja2.Template:
        made = super().from_code(*arguments, **named)
        made.root_render_func.__globals__["escape"] = _escape
        return made


class _Unfolded(CodeGenerator):
    """Leaves it to each rendering what filters make of constants: compiled, they would outlive settings and plugins."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class _Context(Context):
    """Calls functions in a third of the time."""

    def call(
        self, called: Any, /, *arguments: Any, _block_vars: Any = None, _loop_vars: Any = None, **named: Any
    ) -> Any:
        """Return what a function returns; what wants a variable of a loop, or is none, is left to Jinja."""
        if type(called) in _FUNCTIONS:
            wanted = getattr(called, "jinja_pass_arg", None)
            if wanted is None:
                return called(*arguments, **named)
            if wanted is _EVAL_CONTEXT:
                return called(self.eval_ctx, *arguments, **named)
            if wanted is _CONTEXT and not _block_vars and not _loop_vars:
                return called(self, *arguments, **named)
        elif type(called) is Macro:
            return called(self.eval_ctx, *arguments, **named)
        return super().call(called, *arguments, _block_vars=_block_vars, _loop_vars=_loop_vars, **named)


_FUNCTIONS = (FunctionType, MethodType)
_CONTEXT = vars(jinja2.pass_context(lambda context: None))["jinja_pass_arg"]
_EVAL_CONTEXT = vars(jinja2.pass_eval_context(lambda context: None))["jinja_pass_arg"]


class _Environment(jinja2.Environment):
    """Notes each template that is looked for."""

    code_generator_class = _Unfolded
    context_class = _Context
    found: dict[object, jinja2.Template]
    note: Callable[[str], None]
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return those of the environment as they are: each rendering walks through a chain of mappings."""
        return self.globals if d is None else super().make_globals(d)

    def get_template(self, name: str | jinja2.Template, *arguments: Any, **named: Any) -> jinja2.Template:
        self.note(f"template\t{name}")
        found = self.found.get(name)
        if found is None:
            found = self.found[name] = super().get_template(name, *arguments, **named)
        return found

    def select_template(self, names: Iterable[str | jinja2.Template], *arguments: Any, **named: Any) -> jinja2.Template:
        names = list(names)
        for name in names:
            self.note(f"template\t{name}")
        return super().select_template(names, *arguments, **named)


class _ReadOnce(jinja2.ChoiceLoader):
    """Finds each template as it was when first looked for: what is edited during a build is for the next one."""

    load = jinja2.BaseLoader.load  # that of a choice asks the loaders past get_source

    def __init__(self, loaders: Sequence[jinja2.BaseLoader]) -> None:
        super().__init__(loaders)
        self._found: dict[str, tuple[str, str | None, Callable[[], bool] | None] | None] = {}

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template not in self._found:
            found = None
            with suppress(jinja2.TemplateNotFound):
                found = super().get_source(environment, template)
            self._found.setdefault(template, found)  # once it is known: other threads ask as well
        if (found := self._found[template]) is None:
            raise jinja2.TemplateNotFound(template)
        return found


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates on disk, done without where there is no room for them; a server has the last ones at hand."""

    kept: ClassVar[dict[tuple[str, str], tuple[str, CodeType]]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get((self.directory, bucket.key), ("", None))
        bucket.code = code if checksum == bucket.checksum else None
        if bucket.code is None:
            super().load_bytecode(bucket)
        if bucket.code is not None:
            self.kept[self.directory, bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _cache(state: Path, host: Host) -> jinja2.BytecodeCache:
    """Return where compiled templates are kept: apart for each set of filters, which they have looked up already."""
    filters = sorted(name for _, brought in host.hooks.ask("register_filters") for name in brought)
    folder = state / "templates" / f"{zlib.crc32(repr((_COMPILED, filters)).encode()):08x}"
    folder.mkdir(parents=True, exist_ok=True)
    return _Compiled(str(folder.resolve()))


def _gettext(words: gettext.NullTranslations) -> Callable[..., str]:
    """Return ``gettext`` for templates: as the i18n extension's, in a twentieth of its time."""

    @functools.cache
    def translated(message: str, *, escaping: bool, is_whole: bool) -> str:
        text = do_mark_safe(words.gettext(message)) if escaping else words.gettext(message)
        return text % {} if is_whole else text

    @jinja2.pass_eval_context
    def translate(context: jinja2.nodes.EvalContext, message: str, /, **values: object) -> str:
        text = translated(message, escaping=bool(context.autoescape), is_whole=not values)
        return text % values if values else text

    return translate


def _translations(host: Host) -> gettext.NullTranslations:
    """Return the catalogues of the site's language, the site's own first, then later plugins' before earlier ones'."""
    folders = [_HERE / "locale", *(one for _, one in host.hooks.all("register_translations")), host.folder / "locale"]
    first: gettext.NullTranslations = gettext.NullTranslations()
    for folder in folders:
        for file in _catalogues(folder, host.settings.language):
            try:
                with file.open("rb") as opened:
                    catalogue = gettext.GNUTranslations(opened)
            except (OSError, ValueError, struct.error) as error:
                raise TemplateError(f"not a compiled catalogue: {error}", at=Place(str(file))) from error
            catalogue.add_fallback(first)
            first = catalogue
    return first


def _catalogues(folder: Path, language: str) -> Iterator[Path]:
    """Yield the files for *language*: what is said for ``fr`` before what is said for ``fr_CA``, which wins."""
    parts = language.replace("-", "_").split("_")
    for length in range(1, len(parts) + 1):
        yield from sorted((folder / "_".join(parts[:length]) / "LC_MESSAGES").glob("*.mo"))
