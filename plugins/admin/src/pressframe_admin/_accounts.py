"""Accounts in the database: made, changed and removed on the command line alone, but for their passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs
import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_admin._tables import ACCOUNT, LINK, SESSION
from pressframe_admin.model import Account, Role
from pressframe_sql import Database, database
from pressframe_web.addresses import MailAddress


@attrs.frozen(kw_only=True)
class Filed:
    """An account as it is kept.

    Attributes:
        hash: Of its password; None if it signs in by mailed links only.
        disabled: Since when it may not sign in.
    """

    account: Account
    folded: str
    hash: str | None = attrs.field(repr=False)
    made: datetime
    disabled: datetime | None


@attrs.frozen(kw_only=True)
class Wanted:
    """An account to be made."""

    address: MailAddress
    name: str
    role: Role
    author: str = ""
    hash: str | None = attrs.field(default=None, repr=False)


def account_of(found: sa.RowMapping) -> Account:
    """Return the account in a row that holds its columns."""
    name = found["name"] or found["address"].partition("@")[0]
    return Account(
        id=found["account_id"], address=found["address"], name=name, role=Role(found["role"]), author=found["author"]
    )


COLUMNS = (ACCOUNT.c.id.label("account_id"), ACCOUNT.c.address, ACCOUNT.c.name, ACCOUNT.c.role, ACCOUNT.c.author)
"""What ``account_of`` wants."""


@attrs.frozen
class AccountStore:
    """All that is written and read about accounts of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def create(self, wanted: Wanted, now: datetime) -> Account:
        """Return the new account.

        Raises:
            StoreError: There is one with this address, or the database cannot be written.
        """
        row = {
            "address": wanted.address.shown, "folded": wanted.address.folded, "name": wanted.name,
            "role": wanted.role.value, "author": wanted.author, "hash": wanted.hash, "made": now,
        }  # fmt: skip

        def work(connection: sa.Connection) -> Account:
            if connection.scalar(sa.select(ACCOUNT.c.id).where(ACCOUNT.c.folded == wanted.address.folded)) is not None:
                raise StoreError(
                    f"there is an account for {wanted.address.shown} already", fix="see pressframe admin list"
                )
            made = connection.execute(sa.insert(ACCOUNT).values(row).returning(*COLUMNS)).one()
            return account_of(made._mapping)

        return self._db.write(work)

    def find(self, folded: str) -> Filed | None:
        """Return the account with an address, however it was spelt."""
        if not self._db.exists():
            return None
        with self._db.read() as connection:
            row = connection.execute(_SELECT.where(ACCOUNT.c.folded == folded)).one_or_none()
        return None if row is None else _filed(row._mapping)

    def all(self) -> tuple[Filed, ...]:
        """Return everybody, oldest first."""
        if not self._db.exists():
            return ()
        with self._db.read() as connection:
            rows = connection.execute(_SELECT.order_by(ACCOUNT.c.id)).all()
        return tuple(_filed(row._mapping) for row in rows)

    def set_hash(self, id: int, hash: str, *, instead_of: str | None = None) -> None:
        """Store the password's hash; *instead_of* one, only if that is still the one stored."""
        is_it = ACCOUNT.c.id == id
        if instead_of is not None:
            is_it &= ACCOUNT.c.hash == instead_of
        self._db.write(lambda connection: connection.execute(sa.update(ACCOUNT).where(is_it).values(hash=hash)))

    def change_password(self, id: int, hash: str, now: datetime) -> None:
        """Store the hash of a new password; every session and every mailed link ends."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(ACCOUNT).where(ACCOUNT.c.id == id).values(hash=hash))
            _shut(connection, id, now)

        self._db.write(work)

    def set_role(self, filed: Filed, role: Role, author: str, now: datetime) -> None:
        """Give an account another role, and another author if it signs posts; every session ends.

        Raises:
            StoreError: It is the only owner.
        """

        def work(connection: sa.Connection) -> None:
            id = filed.account.id
            connection.execute(sa.update(ACCOUNT).where(ACCOUNT.c.id == id).values(role=role.value, author=author))
            _shut(connection, id, now)

        self._write_and_keep_an_owner(filed, work)

    def set_disabled(self, filed: Filed, is_disabled: bool, now: datetime) -> None:
        """Let an account sign in no more, or again; every session ends.

        Raises:
            StoreError: It is the only owner.
        """

        def work(connection: sa.Connection) -> None:
            disabled = now if is_disabled else None
            connection.execute(sa.update(ACCOUNT).where(ACCOUNT.c.id == filed.account.id).values(disabled=disabled))
            _shut(connection, filed.account.id, now)

        self._write_and_keep_an_owner(filed, work)

    def remove(self, filed: Filed) -> None:
        """Forget an account, its sessions and its links.

        Raises:
            StoreError: It is the only owner.
        """
        gone = sa.delete(ACCOUNT).where(ACCOUNT.c.id == filed.account.id)
        self._write_and_keep_an_owner(filed, lambda connection: connection.execute(gone))

    def _write_and_keep_an_owner(self, filed: Filed, work: Callable[[sa.Connection], object]) -> None:
        is_owner = (ACCOUNT.c.role == Role.OWNER.value) & ACCOUNT.c.disabled.is_(None)
        owners = sa.select(sa.func.count()).select_from(ACCOUNT).where(is_owner)

        def checked(connection: sa.Connection) -> None:
            before = connection.scalar(owners)
            work(connection)
            if before and not connection.scalar(owners):
                raise StoreError(
                    f"{filed.account.address} is the only owner who can sign in",
                    fix="make another one first: pressframe admin create ADDRESS --role owner",
                )

        self._db.write(checked)


_SELECT = sa.select(*COLUMNS, ACCOUNT.c.folded, ACCOUNT.c.hash, ACCOUNT.c.made, ACCOUNT.c.disabled)


def _filed(found: sa.RowMapping) -> Filed:
    return Filed(
        account=account_of(found),
        folded=found["folded"],
        hash=found["hash"],
        made=found["made"],
        disabled=found["disabled"],
    )


def _shut(connection: sa.Connection, id: int, now: datetime) -> None:
    connection.execute(sa.delete(SESSION).where(SESSION.c.account == id))
    connection.execute(sa.update(LINK).where(LINK.c.account == id, LINK.c.ended.is_(None)).values(ended=now))
