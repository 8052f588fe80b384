"""The owner's side of a site: accounts, roles, sign-in, and the shell of the owner's screens."""

from pressframe_admin._plugin import Admin, accounts
from pressframe_admin.model import Account, Action, Done, Endpoint, Flash, Role, Screen, Tile, Undo

__all__ = ["Account", "Action", "Admin", "Done", "Endpoint", "Flash", "Role", "Screen", "Tile", "Undo", "accounts"]
