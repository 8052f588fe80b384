"""What the plugin can be told about mail."""

import attrs


@attrs.frozen
class Smtp:
    """A mail server.

    Attributes:
        host: Its name.
        port: 587 for STARTTLS, 465 for TLS from the start, 25 for neither.
        user: Empty if it asks for none.
        password: Best given as `{ env = "NAME" }`.
        security: How the connection is protected.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = attrs.field(default="", repr=False)
    security: str = attrs.field(default="starttls", validator=attrs.validators.in_(("starttls", "tls", "none")))
