"""Settings: read into frozen classes, every mistake in one report with its line and what is wanted instead."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pressframe import ConfigError, ManyErrors, Site

EVERYTHING = """
text: str
flag: bool
whole: int
share: float
moment: datetime
day: __import__("datetime").date
hour: __import__("datetime").time
span: timedelta
file: Path
zone: __import__("zoneinfo").ZoneInfo
level: Enum("Level", {"LOW": "low", "HIGH": "high"})
mode: Literal["always", "never"]
words: tuple[str, ...]
marks: frozenset[int]
labels: Mapping[str, str]
maybe: int | None = None

@hookimpl
def find_markup(self): ...
"""

GOOD = """
[plugins.everything]
text = "é"
flag = true
whole = -3
share = 2
moment = 2024-05-01T10:00:00Z
day = 2024-05-01
hour = 22:30:00
span = "36 hours"
file = "a/b.txt"
zone = "Europe/Paris"
level = "high"
mode = "never"
words = ["a", "b"]
marks = [1, 2, 2]
labels = { a = "x", b = "y" }
"""

WANTED = {
    "text": ("3", "must be text in quotes, got 3"),
    "flag": ('"yes"', 'must be true or false, got "yes"'),
    "whole": ('"5"', 'must be a whole number, got "5"'),
    "share": ("true", "must be a number, got true"),
    "moment": ("2024-05-01", "must be a date and time, got 2024-05-01"),
    "day": ("2024-05-01T10:00:00Z", "must be a date, got 2024-05-01 10:00:00+00:00"),
    "hour": ('"22:30"', 'must be a time of day, got "22:30"'),
    "span": ("30", 'must be a duration such as "30 days" or "12 hours", got 30'),
    "file": ("1", "must be a path in quotes, got 1"),
    "zone": ('"Europe/Pariss"', 'must be a time zone such as "Europe/Paris", got "Europe/Pariss"'),
    "level": ('"hihg"', 'must be "low" or "high", got "hihg"\n  Did you mean high?'),
    "mode": ("1", 'must be "always" or "never", got 1'),
    "words": ('"a"', 'must be a list, got "a"'),
    "marks": ('[1, "x"]', 'must be a whole number, got "x"'),
    "labels": ("[]", "must be a table, got []"),
    "maybe": ("1.5", "must be a whole number, got 1.5"),
}


def configured(bare, body, table):
    """Return the plugin ``x`` of a site whose settings for it are *table*."""
    bare.plugin("x", body)
    bare.tables = table
    return bare.open().plugins["x"][1]


def refused(bare, body, table):
    """Return the errors that opening the site reports, as text."""
    with pytest.raises((ConfigError, ManyErrors)) as caught:
        configured(bare, body, table)
    return str(caught.value)


HOOK = "\n@hookimpl\ndef find_markup(self): ...\n"


def test_settings_are_parsed_once_where_nothing_is_wrong(bare, monkeypatch):
    """Lines are looked for by parsing ever more of the file, which takes longer than all else that opens a site."""
    parse, parsed = tomllib.loads, []
    monkeypatch.setattr(tomllib, "loads", lambda text: parsed.append(text) or parse(text))

    bare.plugin("everything", EVERYTHING).plugin("other", HOOK).tables = GOOD
    bare.open()

    assert len(parsed) == 1


def test_each_type_of_setting_arrives_as_python_knows_it(bare):
    bare.plugin("everything", EVERYTHING).tables = GOOD

    got = bare.open().plugins["everything"][1]

    assert (got.text, got.flag, got.whole, got.share) == ("é", True, -3, 2.0)
    assert isinstance(got.share, float)
    assert (got.moment, got.day) == (datetime(2024, 5, 1, 10, tzinfo=UTC), date(2024, 5, 1))
    assert (got.hour, got.span, got.zone) == (time(22, 30), timedelta(hours=36), ZoneInfo("Europe/Paris"))
    assert got.file == bare.path / "a" / "b.txt"
    assert (got.level.value, got.mode, got.words, got.marks) == ("high", "never", ("a", "b"), frozenset({1, 2}))
    assert (dict(got.labels), got.maybe) == ({"a": "x", "b": "y"}, None)


@pytest.mark.parametrize("name", WANTED)
def test_a_wrong_type_is_refused_with_its_line_and_what_is_wanted(bare, name):
    value, message = WANTED[name]
    kept = [line for line in GOOD.splitlines() if not line.startswith(f"{name} =")]
    bare.plugin("everything", EVERYTHING).tables = "\n".join([*kept, f"{name} = {value}"])

    said = bare.fails(ConfigError)

    line = len((bare.path / "pressframe.toml").read_text().splitlines())
    assert said == f"pressframe.toml:{line}: plugins.everything.{name}: {message}"


def test_every_mistake_is_told_at_once_in_one_report(bare):
    bare.settings = 'langage = "fr"\nper_page = "ten"'
    bare.tables = "[sites]\n[plugins.x]\nstrat = 1\nwhole = 1.5\n[plugins.nigth]\n"
    bare.plugin("x", "whole: int\nname: str" + HOOK)
    bare.plugins.append("missing")

    said = bare.fails(ManyErrors)

    assert [line.split(": ")[1] for line in said.splitlines() if line.startswith("pressframe.toml")] == [
        "site.langage", "site.per_page", "sites", "plugins.nigth", "plugins.x.strat", "plugins.x.whole",
        "plugins.x", "site.plugins",
    ]  # fmt: skip
    assert "Did you mean language?" in said
    assert 'plugins lists "missing", which is not installed' in said


def test_an_unknown_setting_is_told_with_the_nearest_one_and_all_that_there_are(bare):
    said = refused(bare, "start: int = 1\nend: int = 2" + HOOK, "[plugins.x]\n\nstrat = 1")

    assert said == ("pressframe.toml:8: plugins.x.strat: no such setting\n  Did you mean start? x knows: end, start")


def test_a_plugin_without_settings_says_so(bare):
    assert refused(bare, HOOK, "[plugins.x]\na = 1").endswith("no such setting\n  x has no settings")


def test_a_missing_setting_is_told_where_its_table_starts(bare):
    said = refused(bare, "key: str" + HOOK, "[plugins.x]\n")

    assert said == "pressframe.toml:6: plugins.x: key is missing\n  x needs key: text in quotes"


def test_a_setting_missing_with_its_whole_table_is_told_all_the_same(bare):
    assert refused(bare, "key: str" + HOOK, "").startswith("pressframe.toml: plugins.x: key is missing")


LINES = {
    "dotted keys": ("plugins.x.whole = 1.5\n[site]", 1),
    "an inline table": ("[plugins]\n\nx = { whole = 1.5 }\n[site]", 3),
    "quoted keys": ('[plugins."x"]\n# whole = 1\n"whole" = 1.5\n[site]', 3),
    "a text of several lines before": ('[plugins.x]\ntext = """\nwhole = 1\n"""\nwhole = 1.5\n[site]', 5),
    "a list of several lines before": ("[plugins.x]\nlist = [\n  1,\n\n  2,\n]\nwhole = 1.5\n[site]", 7),
    "a list of several lines": ("[plugins.x]\nwhole = [\n  1,\n]\n[site]", 2),
    "a table inside before": ("[plugins.x.inner]\nwhole = 1\n[plugins.x]\nwhole = 1.5\n[site]", 4),
    "odd line ends before": ('[plugins.x]\r\ntext = "a\u2028b"\r\nwhole = 1.5\r\n[site]', 3),
}


@pytest.mark.parametrize("way", LINES)
def test_the_line_is_right_however_the_setting_is_written(bare, way):
    text, line = LINES[way]
    bare.plugin("x", 'whole: int\ntext: str = ""\nlist: tuple[int, ...] = ()\ninner: Mapping[str, int] = {}' + HOOK)

    said = refused_file(bare, f'{text}\ntitle = "T"\nplugins = ["x"]')

    assert said.startswith(f"pressframe.toml:{line}: plugins.x.whole: must be a whole number, got ")


def refused_file(bare, text):
    """Return what opening the site says of this settings file."""
    bare.write({"pressframe.toml": text})
    with pytest.raises(ConfigError) as caught:
        Site.open(bare.path)
    return str(caught.value)


RULES = """
@attrs.frozen
class Rule:
    word: str
    weight: int = attrs.field(default=1, validator=attrs.validators.ge(1))

@attrs.frozen(eq=False)
class Judge:
    rule: Rule | None = None
    rules: tuple[Rule, ...] = ()

    @hookimpl
    def find_markup(self): ...
"""


@pytest.fixture
def judge(bare):
    """Return a site whose plugin ``judge`` has settings of two levels."""
    bare.plugins.append("judge")
    return bare.write({"plugins/judge.py": f"import attrs\nfrom pressframe import hookimpl\n{RULES}"})


def test_tables_inside_a_plugin_s_table_become_classes(judge):
    judge.tables = '[plugins.judge.rule]\nword = "a"\n[[plugins.judge.rules]]\nword = "b"\nweight = 3'

    got = judge.open().plugins["judge"][1]

    assert (got.rule.word, got.rule.weight) == ("a", 1)
    assert [(rule.word, rule.weight) for rule in got.rules] == [("b", 3)]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("[plugins.judge.rule]\nwrod = 1", ":7: plugins.judge.rule.wrod: no such setting\n  Did you mean word?"),
        ("[plugins.judge.rule]\nweight = 2", ":6: plugins.judge.rule: word is missing"),
        (
            '[[plugins.judge.rules]]\nword = "a"\n[[plugins.judge.rules]]\nword = 2',
            ":9: plugins.judge.rules.word: must",
        ),
        ('[plugins.judge.rule]\nword = "a"\nweight = 0', ":8: plugins.judge.rule.weight: must be >= 1, got 0"),
        ("[plugins.judge]\nrule = 1", ":7: plugins.judge.rule: must be a table, got 1"),
        ("[plugins.judge]\nrules = [\n1]", ":7: plugins.judge.rules: must be a table, got 1"),
    ],
)
def test_a_mistake_in_a_table_inside_is_told_with_its_own_line(judge, tables, said):
    judge.tables = tables

    assert f"pressframe.toml{said}" in judge.fails()


def test_any_setting_may_come_from_the_environment(bare):
    body = "key: str\nspan: timedelta\nport: int\non: bool = False\nshare: float = 0.0\nwords: tuple[str, ...] = ()"
    names = ("key", "span", "port", "on", "share", "words")
    bare.plugin("x", body + HOOK).tables = "[plugins.x]\n" + "".join(f'{one} = {{ env = "{one}" }}\n' for one in names)
    values = ("12", "2 days", "-80", "true", "0.5", '["a", "b"]')
    with pytest.raises(ManyErrors):
        bare.open()

    got = Site.open(bare.path, environment=dict(zip(names, values, strict=True))).plugins["x"][1]

    assert (got.key, got.span, got.port, got.on) == ("12", timedelta(days=2), -80, True)
    assert (got.share, got.words) == (0.5, ("a", "b"))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "plugins.x.port: the environment variable PORT is not set\n  set it where pressframe is started"),
        ({"PORT": "many words"}, 'plugins.x.port: must be a whole number, got "many words"'),
        ({"PORT": "1.5"}, "plugins.x.port: must be a whole number, got 1.5"),
    ],
)
def test_a_variable_that_is_missing_or_wrong_is_told_where_it_is_named(bare, environment, said):
    bare.plugin("x", "port: int" + HOOK).tables = '[plugins.x]\nport = { env = "PORT" }'
    with pytest.raises(ConfigError):
        bare.open()

    with pytest.raises(ConfigError) as caught:
        Site.open(bare.path, environment=environment)

    assert str(caught.value) == f"pressframe.toml:7: {said}"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 seconds", 90), ("15 minutes", 900), ("1 hour", 3600), ("2weeks", 1_209_600), (" 1.5 days ", 129_600)],
)
def test_durations_are_a_number_and_a_unit(bare, text, seconds):
    got = configured(bare, "span: timedelta" + HOOK, f'[plugins.x]\nspan = "{text}"')

    assert got.span.total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "days", "3", "-1 days", "3 months", "1 day 2 hours", "9999999 days", "1e3 days"])
def test_other_durations_are_refused(bare, text):
    said = refused(bare, "span: timedelta" + HOOK, f'[plugins.x]\nspan = "{text}"')

    assert said.endswith(f'span: must be a duration such as "30 days" or "12 hours", got "{text}"')


def test_validators_are_asked_and_their_words_shown(bare):
    body = "depth: int = attrs.field(default=5, validator=attrs.validators.in_((1, 5)))"

    said = refused(bare, body + HOOK, "[plugins.x]\ndepth = 3")

    assert said == "pressframe.toml:7: plugins.x.depth: 'depth' must be in (1, 5) (got 3)"


def test_what_a_class_makes_of_itself_is_no_setting(bare):
    body = "depth: int = 5\ninner: int = attrs.field(default=1, init=False)"

    assert refused(bare, body + HOOK, "[plugins.x]\ninner = 3").endswith("no such setting\n  x knows: depth")


HEAD = '[site]\ntitle = "T"\n'
LISTED = "\n  tables of a list are written with two brackets: [[…]]"
SLIPS = "\n  is each text in quotes, a comma between the items of a list, and no key or table there twice?"
HOST = "must be https:// or http:// with a host and no path, got"
FILES = {
    "no site table": ("", ': there is no [site] table\n  start with [site] and title = "…"'),
    "site is no table": ("site = 3", ":1: site: must be a table, got 3"),
    "no title": ("[site]\n", ":1: site: title is missing\n  [site] needs title: text in quotes"),
    "not TOML": (f"{HEAD}url = http", f":3: not valid TOML: Invalid value (at line 3, column 7){SLIPS}"),
    "twice": (f"{HEAD}{HEAD}", f":3: not valid TOML: Cannot declare ('site',) twice (at line 3, column 6){SLIPS}"),
    "unfinished": ('[site]\ntitle = [\n"T",\n', f":4: not valid TOML: Invalid value (at end of document){SLIPS}"),
    "nested deeply": (f"a = {'[' * 9000}", ": lists or tables in it are nested too deeply"),
    "not UTF-8": ('[site]\ntitle = "é"'.encode("latin-1"), ": not UTF-8 text\n  save it as UTF-8"),
    "unknown table": (f"{HEAD}[plugin.x]", ":3: plugin: no such table\n  Did you mean plugins?"),
    "odd table": (f"{HEAD}[qqq]", ":3: qqq: no such table\n  there are [site] and [plugins.NAME]"),
    "plugins is no table": (
        f"plugins = 3\n{HEAD}",
        ":1: plugins: must hold a table for each plugin\n  the list of plugins stands in [site]",
    ),
    "plugins is a table": (f"{HEAD}[site.plugins]", f":3: site.plugins: must be a list, got a table{LISTED}"),
    "plugins is no list": (f'{HEAD}plugins = "x"', ':3: site.plugins: must be a list, got "x"'),
    "plugins of no names": (f"{HEAD}plugins = [1]", ":3: site.plugins: must be text in quotes, got 1"),
    "not enabled": (
        f"{HEAD}[plugins.x]",
        ':3: plugins.x: settings for a plugin that is not enabled\n  add "x" to [site] plugins, or drop the table',
    ),
    "no address": (f'{HEAD}\nurl = "x.org"', f':4: site.url: {HOST} "x.org"'),
    "the name of a language": (
        f'{HEAD}language = "english"',
        ':3: site.language: must be a code such as "fr" or "en-GB", got "english"',
    ),
    "no language": (
        f'{HEAD}language = "xx yy"',
        ':3: site.language: must be a code such as "fr" or "en-GB", got "xx yy"',
    ),
    "a path": (f'{HEAD}url = "https://x.org/blog"', f':3: site.url: {HOST} "https://x.org/blog"'),
    "no posts on a page": (f"{HEAD}per_page = 0", ":3: site.per_page: per_page counts from 1, got 0"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_settings_file_with_one_mistake_gives_one_error(bare, what):
    text, said = FILES[what]

    assert refused_file(bare, text) == f"pressframe.toml{said}"


def test_a_table_for_a_plugin_named_nearly_so_is_told_with_that_name(bare):
    bare.plugin("night", HOOK).tables = "[plugins.nigth]"

    assert "Did you mean night?" in bare.fails()


def test_a_byte_order_mark_is_no_mistake(bare):
    bare.write({"pressframe.toml": b'\xef\xbb\xbf[site]\r\ntitle = "T"\r\nurl = "https://x.org/"\r\n'})

    settings = Site.open(bare.path).settings

    assert (settings.title, settings.url) == ("T", "https://x.org")


def test_a_folder_without_settings_or_none_at_all_says_how_to_make_a_site(tmp_path):
    fix = "\n  name a site's folder, or make one: pressframe new site DIR"

    with pytest.raises(ConfigError) as empty:
        Site.open(tmp_path)
    with pytest.raises(ConfigError) as missing:
        Site.open(tmp_path / "no")

    assert str(empty.value) == f"{tmp_path} holds no pressframe.toml{fix}"
    assert str(missing.value) == f"there is no folder {tmp_path / 'no'}{fix}"


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "pressframe.toml").mkdir()

    with pytest.raises(ConfigError) as caught:
        Site.open(tmp_path)

    assert str(caught.value) == f"{tmp_path / 'pressframe.toml'}: cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("size: 'Nope' = 1", "x declares settings of a type that cannot be read: name 'Nope' is not defined"),
        ("def __attrs_post_init__(self): raise KeyError('size')", "x cannot be set up: KeyError: 'size'"),
    ],
)
def test_a_plugin_whose_settings_cannot_be_made_is_named(bare, body, said):
    bare.plugin("x", f"{body}\n@hookimpl\ndef find_markup(self): ...")

    assert bare.fails() == f"pressframe.toml: plugins.x: {said}\n  mend the plugin"
