"""Comparable Kreise of the official figures: neighbours that the field would name, and groups that stay the same."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from transferbuch.indicators.peers import context_of, load_peer_settings


@pytest.fixture(scope="module")
def peers(real_release):
    return real_release.computed.peers.groupby("ags")["peer"].agg(list)


def test_hagen_is_compared_with_cities_of_the_ruhr_and_like_them(peers):
    assert {"05112", "05124", "05916"} <= set(peers["05914"])  # Duisburg, Wuppertal, Herne
    assert len(peers["05914"]) == 10


def test_the_burgenlandkreis_is_compared_with_rural_kreise_of_the_east(peers):
    assert all(one[:2] in {"12", "13", "14", "15", "16"} for one in peers["15084"])


def test_the_typology_of_all_kreise_is_stable(real_release):
    values, indicators = real_release.computed.values, real_release.inputs.indicators
    settings = load_peer_settings(indicators)
    keys = [key for key in values["ags"].unique() if len(key) == 5 and key.isdigit()]
    points = context_of(values, settings, keys).scaled.dropna().sort_index().to_numpy()
    assert len(points) >= 390
    whole = KMeans(settings.clusters, n_init=20, random_state=settings.seed).fit(points).labels_
    random, found = np.random.default_rng(2), []
    for _ in range(8):
        drawn = random.choice(len(points), int(0.8 * len(points)), replace=False)
        part = KMeans(settings.clusters, n_init=10, random_state=settings.seed).fit(points[drawn])
        found.append(adjusted_rand_score(whole, part.predict(points)))
    assert np.mean(found) >= 0.8


def test_every_kreis_has_a_type_a_group_and_peers(real_release):
    kinds = real_release.computed.kinds
    kreise = kinds[kinds["ags"].str.fullmatch(r"\d{5}")]
    assert len(kreise) == 400 and (kreise["type"].between(1, 4)).all() and (kreise["cluster"] > 0).all()
    assert set(kreise["ags"]) <= set(real_release.computed.peers["ags"])
