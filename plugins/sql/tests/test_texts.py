"""Text that some database does not take is known, and made into what all take."""

import pytest

from pressframe_sql.texts import is_storable, storable


@pytest.mark.parametrize(
    ("text", "kept"), [("", ""), ("é 🙂\n", "é 🙂\n"), ("a\0", "a\ufffd"), ("\udc80\ud800b", "\ufffd\ufffdb")]
)
def test_what_some_database_does_not_take_is_known_and_replaced(text, kept):
    assert is_storable(text) is (text == kept)
    assert storable(text) == kept
