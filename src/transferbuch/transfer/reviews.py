"""Which transfer objects are due for their next reading."""

import datetime as dt
import os
from collections.abc import Mapping

from transferbuch.transfer.objects import TransferObject


def overdue(objects: Mapping[str, TransferObject], day: dt.date) -> list[TransferObject]:
    """Objects whose `next_review` lies before `day`, the longest overdue first."""
    late = [one for one in objects.values() if one.next_review < day]
    return sorted(late, key=lambda one: (one.next_review, one.slug))


def reference_day() -> dt.date:
    """Today, or the day of SOURCE_DATE_EPOCH (seconds since 1970, UTC), so that a build can be repeated later.

    Raises ValueError when that variable holds no number.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date() if epoch else dt.date.today()
