"""Whatever is in a settings file or an address: a site, or an error that says what is wrong; never a traceback."""

import string
from urllib.parse import unquote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pressframe import PressframeError, Site

some = settings(max_examples=60, deadline=None)
KEYS = ["title", "url", "plugins", "per_page", "language", "timezone", "menu", "paper", "x", '"é"', "a.b"]
VALUES = [
    '"T"', '"https://a.example"', "3", "-1", "true", "1.5", "nan", "2024-01-01", "10:00:00", "[]", '["paper"]',
    '["a", 1]', "[[1]]", '{ env = "NOPE" }', "{ env = 3 }", "{ a = { b = 1 } }", '"\\u0000"', '"../x"', '""',
    "'''\na\n'''",
]  # fmt: skip
HEADS = ["[site]", "[plugins]", "[plugins.paper]", "[[site]]", "[[plugins.paper]]", "[other]", "# a", ""]
lines = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
    st.sampled_from(HEADS),
    st.text(alphabet=string.printable, max_size=12),
)


def error_of(work):
    """Return what is told when *work* fails; None if it does not."""
    try:
        work()
    except PressframeError as error:
        return str(error)
    return None


@some
@given(text=st.lists(lines, max_size=8).map("\n".join) | st.text(max_size=40))
@example(text='[site]\ntitle = "T"\nplugins = ["", "a/b", "..", "\\u0000"]')
@example(text='[site]\ntitle = "T"\ntimezone = "../../etc/passwd"')
@example(text='[site]\ntitle = "T"\ntimezone = ""')
@example(text='[site]\ntitle = "T"\nurl = "https://[x"')
def test_any_settings_file_is_a_site_or_an_error_that_names_it(lasting_paper, text):
    """Fault F18."""
    lasting_paper.write({"pressframe.toml": text.encode("utf-8", "surrogatepass")})

    said = error_of(lambda: Site.open(lasting_paper.path))

    assert said is None or said.startswith("pressframe.toml")


PIECES = [
    "/", "//", ".", "..", "%2e", "%2F", "%", "%zz", "%00", "a", "A", "é", "e\u0301", "\ud800", "\udce9", "con",
    "index.html", "\u202e", "\u2028", "\x07", "~", "\\", ":", "?", "#", " ", "\u00a0", "a" * 130, "é" * 130,
    ".html", ".pressframe",
]  # fmt: skip


@some
@given(addresses=st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=1, max_size=3))
@example(addresses=["/.pressframe"])
@example(addresses=["/.pressframe/"])
@example(addresses=["/\ud800/"])
@example(addresses=["/%%2F"])
def test_any_address_is_a_file_of_its_own_below_the_output_or_an_error(lasting_paper, addresses):
    """Threats 48, 50, fault F18."""
    lasting_paper.plugins = ["paper"]
    pages = f"[Page(address=a, template='a.txt', data={{'a': a}}) for a in {addresses!r}]"
    lasting_paper.plugin("pages", f"@hookimpl\ndef register_pages(self): return {pages}")
    lasting_paper.write({"templates/a.txt": "{{ a }}"})
    around = set(lasting_paper.path.parent.iterdir())

    said = error_of(lasting_paper.build)

    public = lasting_paper.path / "public"
    if said is None:
        texts = [(public / path_of(address)).read_bytes() for address in addresses]
        assert texts == [address.encode(errors="replace") for address in addresses]
        assert (public / ".pressframe").is_file()
    assert set(lasting_paper.path.parent.iterdir()) == around


def path_of(address):
    """Return the file that a web server looks for."""
    path = unquote(address)
    return f"{path}{'index.html' if path.endswith('/') else ''}".lstrip("/")
