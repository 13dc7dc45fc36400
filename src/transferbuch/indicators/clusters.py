"""A typology of Kreise by context: groups of similar ones (k-means), named by what distinguishes them.

The number of groups is chosen by stability: with 80 % of the Kreise drawn again and again, four groups come out alike
(adjusted Rand index 0.95 on average, 0.91 in the worst tenth), five 0.92 and 0.84, six 0.83 and 0.70
(`benchmarks/clusters.py`, figures of November 2026). They overlap: a Kreis near two of them is told so. Names follow
from the centres, so they are right for the data at hand; groups are ordered by how densely populated they are, so
numbers do not depend on the order of rows.
"""

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from transferbuch.indicators.peers import Context, PeerSettings

LEAST_KREISE = 60
EDGE = 0.9
"""A Kreis that is almost as near to another group's centre (this share of the way or more) lies between both."""
CLUSTER_COLUMNS = ("ags", "cluster", "name", "size", "between")


@dataclass(frozen=True)
class Typology:
    """`members`: one row per Kreis: ags, cluster (from 1), name of the group, size, `between` (name of the second
    nearest group if the Kreis lies between both, else ""); `centres`: cluster × variable, standardised."""

    members: pd.DataFrame
    centres: pd.DataFrame


def typology_of(context: Context, settings: PeerSettings, cities: Container[str]) -> Typology | None:
    """The groups of the Kreise with all variables; None for fewer than 60 Kreise, where groups say nothing.

    cities: keys of kreisfreie Städte, for the names. Combined territories and Kreise with a gap get the nearest group.
    """
    complete = context.scaled.loc[[key for key in context.usable if "+" not in key]].dropna().sort_index()
    if len(complete) < LEAST_KREISE:
        return None
    found = KMeans(settings.clusters, n_init=20, random_state=settings.seed).fit(complete.to_numpy())
    centres = pd.DataFrame(found.cluster_centers_, columns=complete.columns)
    centres = centres.sort_values([complete.columns[0], *complete.columns[1:]], ascending=False, ignore_index=True)
    keys = context.usable
    distances = _distances(context.scaled.loc[keys], centres)
    nearest = np.argsort(distances, axis=1, kind="stable")
    own, second = nearest[:, 0], nearest[:, 1]
    rows = np.arange(len(keys))
    is_between = distances[rows, own] >= EDGE * distances[rows, second]
    names = _names(centres, settings, [keys[own == number] for number in range(len(centres))], cities)
    sizes = np.bincount(own[["+" not in key for key in keys]], minlength=len(centres))
    members = pd.DataFrame(
        {
            "ags": keys,
            "cluster": own + 1,
            "name": [names[number] for number in own],
            "size": sizes[own],
            "between": [names[number] if between else "" for number, between in zip(second, is_between, strict=True)],
        }
    )
    centres.index = pd.RangeIndex(1, len(centres) + 1, name="cluster")
    return Typology(members, centres)


_KINDS = (
    (1.0, "Städte"),
    (0.8, "überwiegend Städte"),
    (0.2, "Kreise und Städte"),
    (1e-9, "überwiegend Landkreise"),
    (0.0, "Landkreise"),
)
"""Least share of kreisfreie Städte in a group → how its name begins."""


def _distances(scaled: pd.DataFrame, centres: pd.DataFrame) -> np.ndarray:
    """Kreis × group, over the variables that the Kreis has."""
    gaps = scaled.to_numpy()[:, None, :] - centres.to_numpy()[None, :, :]
    return np.sqrt(np.nanmean(gaps**2, axis=2))


def _names(centres: pd.DataFrame, settings: PeerSettings, members: list[pd.Index], cities: Container[str]) -> list[str]:
    """ "Landkreise mit vielen älteren Menschen und schrumpfender Bevölkerung": each name once."""
    words = {one.indicator: one for one in settings.variables}
    names: list[str] = []
    for number, centre in centres.iterrows():
        urban = np.mean([key in cities for key in members[number]]) if len(members[number]) else 0
        kind = next(word for least, word in _KINDS if urban >= least)
        ordered = centre.abs().sort_values(ascending=False, kind="stable").index
        traits = [words[one].high if centre[one] > 0 else words[one].low for one in ordered]
        made = [
            f"{kind} mit {', '.join(traits[: count - 1])} und {traits[count - 1]}"
            for count in range(2, len(traits) + 1)
        ]
        name = next((one for one in made if one not in names), f"{made[0]}, weitere")
        names.append(name)
    return names
