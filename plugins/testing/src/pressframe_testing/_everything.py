"""Whether tests take all that they could try, or a part of it."""

import os


def wants_everything() -> bool:
    """Tell whether tests are to take all that they could: PRESSFRAME_EVERYTHING is set in the environment."""
    return bool(os.environ.get("PRESSFRAME_EVERYTHING"))
