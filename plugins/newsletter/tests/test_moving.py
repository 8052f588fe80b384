"""Members who move to another site with the list of all: what they chose and who takes no mail goes along."""

import io

import pytest

from pressframe_members.transfer import Terms, export_members, import_members
from pressframe_testing import EVERY_DATABASE

from .conftest import finish

pytestmark = EVERY_DATABASE

SEVERAL = "[plugins.newsletter.newsletters.posts]\n[plugins.newsletter.newsletters.studies]\n"


def move(here, there) -> str:
    """Take all members along; return their list."""
    text = "".join(export_members(here.host))
    import_members(there.host, io.BytesIO(text.encode()), "members.csv", terms=Terms(), now=there.site.clock.now)
    return text


def test_who_wants_no_mail_gets_none_from_the_site_that_they_were_taken_along_to(mailed, sink):
    here, there = mailed(), mailed()
    here.add(*(f"{name}@example.org" for name in ("each", "weekly", "never", "bounced", "complained")))
    for name in ("weekly", "never"):
        member = here.members.find_by_address(f"{name}@example.org")
        here.people.choose(member, {"posts": name}, here.site.clock.now, lifts=True)
    here.send()
    here.run_jobs()
    sent = {address: message for address, message, _ in sink.taken}
    for name, kind in (("bounced", "hard"), ("complained", "complaint")):
        here.people.give_back(name, sent[f"{name}@example.org"], kind, here.site.clock.now)
    sink.taken.clear()

    text = move(here, there)
    there.send()
    finish(there)

    assert sink.addresses == ["each@example.org"]
    assert there.people.wishes(there.members.find_by_address("weekly@example.org").id) == {"posts": "weekly"}
    assert [there.people.why_stopped(f"{name}@example.org") for name in ("bounced", "complained", "each")] == [
        "bounced", "complained", "",
    ]  # fmt: skip
    assert "* complained" in text
    assert "posts never" in text


@pytest.mark.parametrize(
    "cell", ["gone never", "posts always", "posts", "* deleted", ";;", "posts never studies", "\N{PILE OF POO}" * 3]
)
def test_what_a_cell_cannot_mean_is_passed_over(mailed, sink, cell):
    """Threat 59: lists come from anywhere."""
    desk = mailed(newsletter=SEVERAL)
    text = f"address,state,audiences,newsletters\nada@example.org,confirmed,,{cell}; studies weekly\n"

    import_members(desk.host, io.BytesIO(text.encode()), "members.csv", terms=Terms(), now=desk.site.clock.now)

    ada = desk.members.find_by_address("ada@example.org")
    assert desk.people.wishes(ada.id) == {"studies": "weekly"}
    assert desk.people.why_stopped("ada@example.org") == ""


def test_who_is_a_member_already_keeps_what_they_chose_here(mailed, sink):
    here, there = mailed(), mailed()
    for desk, wanted in ((here, "never"), (there, "each")):
        member = desk.add("ada@example.org")
        desk.people.choose(member, {"posts": wanted}, desk.site.clock.now, lifts=True)

    move(here, there)

    assert there.people.wishes(member.id) == {"posts": "each"}
