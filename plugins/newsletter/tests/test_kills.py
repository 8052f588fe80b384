"""F3: the server is killed again and again while it sends; ``make kill`` does it with 10,000 mails."""

import logging
import os

from bench import mails


def test_nobody_is_skipped_and_only_what_was_in_flight_comes_twice(tmp_path):
    """F3: `PRESSFRAME_MAIL_KILLS=20 PRESSFRAME_MAILS=10000` for the whole of it."""
    kills, members = int(os.environ.get("PRESSFRAME_MAIL_KILLS", "3")), int(os.environ.get("PRESSFRAME_MAILS", "300"))

    found = mails.kill(tmp_path, members=members, kills=kills, told=lambda doing: None)

    logging.getLogger("pressframe").info("%s", found)
    assert found.skipped == 0
    assert max(found.repeated) <= mails.MOST_REPEATED
    assert found.is_right
