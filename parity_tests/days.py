"""What a run of the suite takes of long lists each day: another part each day, all within a few days."""

import datetime
import os
import zlib


def today() -> int:
    """Return the number of the day. Set the variable JAXFUN_SUITE_DAY to run the tests of another day.

    The variable is set once: the processes of a run that passes midnight choose alike.
    """
    return int(os.environ.setdefault("JAXFUN_SUITE_DAY", str(datetime.datetime.now(datetime.UTC).toordinal())))


def is_of_the_day(name: str, day: int, days: int = 2) -> bool:
    """Return whether a name is in the part of a day, where every name has its turn once in so many days."""
    return zlib.crc32(name.encode()) % days == day % days
