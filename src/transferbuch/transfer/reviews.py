"""Which transfer objects are due for a second look, as of a reference day."""

import datetime as dt
from collections.abc import Mapping

from transferbuch.transfer.objects import TransferObject


def overdue(objects: Mapping[str, TransferObject], day: dt.date) -> list[TransferObject]:
    """Objects whose `next_review` is before `day`, the longest overdue first; the day itself is in time."""
    late = [one for one in objects.values() if one.next_review < day]
    return sorted(late, key=lambda one: (one.next_review, one.slug))
