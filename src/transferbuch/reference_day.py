"""The day that overdue reviews and goals are measured by."""

import datetime as dt
import os

from transferbuch.errors import Problem, UsageError

EPOCH = "SOURCE_DATE_EPOCH"


def reference_day() -> dt.date:
    """Today; with SOURCE_DATE_EPOCH (seconds since 1970, UTC) that day, so that a build can be repeated later.

    Raises UsageError if it is no such number.
    """
    if not (given := os.environ.get(EPOCH)):
        return dt.date.today()
    try:
        return dt.datetime.fromtimestamp(int(given), dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        what, expected = "this is no point in time", "seconds since 1970, such as 1767225600"
        raise UsageError(Problem(EPOCH, 0, "", what, given, expected, "unset it or correct it", "epoch")) from None
