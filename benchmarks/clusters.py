"""How stable the typology of Kreise is: `python benchmarks/clusters.py [--data _build/data] [--draws 40]`.

Prints, for 3 to 8 groups, the adjusted Rand index between the groups of all Kreise and those of 80 % drawn at random:
mean and worst tenth; with the sizes of the groups. 1 means always the same groups, 0 what chance gives.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from transferbuch.indicators.peers import context_of, load_peer_settings
from transferbuch.project import find_project
from transferbuch.site.release import load_release

ROOT = Path(__file__).parents[1]


def stability(points: np.ndarray, groups: int, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(adjusted Rand index of each draw, sizes of the groups of all points)."""
    whole = KMeans(groups, n_init=20, random_state=seed).fit(points)
    random, found = np.random.default_rng(seed), []
    for _ in range(draws):
        drawn = random.choice(len(points), int(0.8 * len(points)), replace=False)
        part = KMeans(groups, n_init=10, random_state=seed).fit(points[drawn])
        found.append(adjusted_rand_score(whole.labels_, part.predict(points)))
    return np.array(found), np.bincount(whole.labels_)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=str(ROOT / "_build" / "data"))
    parser.add_argument("--draws", type=int, default=40)
    given = parser.parse_args()
    release = load_release(find_project(ROOT), given.data)
    settings = load_peer_settings(release.inputs.indicators)
    values = release.computed.values
    context = context_of(values, settings, [key for key in values["ags"].unique() if key.isdigit() and len(key) == 5])
    if context is None:
        raise SystemExit("the data package has too few context variables")
    points = context.scaled.dropna().sort_index().to_numpy()
    print(f"{len(points)} Kreise, {points.shape[1]} variables, {given.draws} draws of 80 %")
    for groups in range(3, 9):
        found, sizes = stability(points, groups, given.draws, settings.seed)
        worst = np.percentile(found, 10)
        print(f"{groups} groups: {found.mean():.2f} mean, {worst:.2f} worst tenth; sizes {sorted(sizes, reverse=True)}")


if __name__ == "__main__":
    main()
