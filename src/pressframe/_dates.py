"""Dates in the words and the order of a language; the words come from the catalogues."""

import functools
from collections.abc import Callable
from datetime import datetime
from gettext import NullTranslations
from importlib import import_module
from zoneinfo import ZoneInfo

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def date_filter(words: NullTranslations, zone: ZoneInfo) -> Callable[..., str]:
    """Return the template filter ``date``: a moment in *zone*, written in the language of *words*.

    Its styles: ``long`` 9 May 2011, ``short`` 09/05/2011, ``month`` May 2011, ``time`` 10:00, ``datetime`` (long and
    time), ``iso`` (RFC 3339), ``rfc822`` (for RSS).
    """
    say = functools.cache(words.gettext)  # which looks through the catalogues of all plugins, one after the other

    def long(moment: datetime) -> str:
        day = words.pgettext("day of the month", "1") if moment.day == 1 else moment.day
        return say("{month} {day}, {year}").format(day=day, month=month_name(moment), year=moment.year)

    def month_name(moment: datetime) -> str:
        return say(MONTHS[moment.month - 1])

    styles: dict[str, Callable[[datetime], str]] = {
        "long": long,
        "short": lambda one: say("{month:02}/{day:02}/{year}").format(day=one.day, month=one.month, year=one.year),
        "month": lambda one: say("{month} {year}").format(month=month_name(one), year=one.year),
        "time": lambda one: say("{hour}:{minute:02}").format(hour=one.hour, minute=one.minute),
        "datetime": lambda one: say("{date} at {time}").format(date=long(one), time=styles["time"](one)),
        "iso": lambda one: one.isoformat(timespec="seconds"),
        "rfc822": lambda one: str(import_module("email.utils").format_datetime(one)),  # few want it; it is large
    }

    @functools.lru_cache(maxsize=50_000)
    def date(value: datetime, style: str = "long") -> str:
        if style not in styles:
            raise ValueError(f"date knows no style {style!r}; it knows {', '.join(styles)}")
        return styles[style](value.astimezone(zone))

    return date
