"""This plugin tells readers apart as every plugin that does so must."""

from datetime import UTC, datetime

import attrs
import pytest

from pressframe_members.store import Members
from pressframe_testing.members import ReaderKit

from .conftest import Readers


@attrs.frozen
class OurDoor:
    readers: Readers
    host: object

    def sign_in(self, address):
        browser = self.readers.browser()
        browser.post(self.readers.mail(address, door="subscribe", browser=browser), {})
        del browser.cookies["__Host-signed-in"]  # the hint, by which nobody is known
        return {name.removeprefix("__Host-"): value for name, value in browser.cookies.items()}

    def sign_out(self, cookies):
        browser = self.readers.browser()
        browser.cookies = {f"__Host-{name}": value for name, value in cookies.items()}
        browser.post("/members/sign-out", {})

    def remove(self, address):
        member = Members(self.host).find_by_address(address)
        Members(self.host).remove(member.id, now=self.now())

    def now(self):
        return datetime(2026, 11, 23, 10, tzinfo=UTC)


class TestReaders(ReaderKit):
    @pytest.fixture
    def door(self, readers):
        return OurDoor(readers, readers._site)
