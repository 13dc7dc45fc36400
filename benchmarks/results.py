"""How long all indicators take: `python benchmarks/results.py [--data _build/data]`.

Measures in one process of its own, from converted observations: values with intervals, groups, comparisons, trends,
projection (aim: 20 s, 1.5 GB more than the observations), then the results of one edition from its slice (aim: 0.5 s),
as a ratio to reading the same slice's values with pandas.
"""

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd
from timing import timed

from transferbuch.editions import values as stage
from transferbuch.project import find_project
from transferbuch.report import open_edition
from transferbuch.site.release import load_release

ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=str(ROOT / "_build" / "data"))
    parser.add_argument("--ags", default="15084")
    given = parser.parse_args()
    release = timed("load and compute, or read what is kept", lambda: load_release(find_project(ROOT), given.data))
    inputs, territory = release.inputs, release.territory
    figures = stage.read_figures(release.package, inputs.sources)
    observations = stage.observe(figures, inputs.sources, inputs.register, inputs.corrections)
    converted = timed(
        "convert to one Gebietsstand", lambda: stage.convert_observations(observations, inputs.sources, territory)
    )
    started = time.perf_counter()
    precision = stage.precision_of(inputs.sources)
    values = timed(
        "values with intervals, all Kreise and years",
        lambda: stage.compute_values(converted, inputs.indicators.values(), precision),
    )
    types = stage.read_kreistypen(release.package)
    peers, *_ = timed("groups", lambda: stage.group_kreise(values, inputs.indicators, territory, types, {}))
    groups = {stage.group_key(ags): rows["peer"].tolist() for ags, rows in peers.groupby("ags")}
    pooled = timed("values of groups", lambda: stage.pool_values(values, groups, inputs.indicators))
    values = timed("places", lambda: stage.add_places(pd.concat([values, pooled], ignore_index=True)))
    references = {
        stage.LAND: stage.land_of,
        stage.WHOLE: stage.bund_of,
        stage.PEERS: lambda ags: stage.group_key(ags) if stage.group_key(ags) in groups else None,
    }
    timed("comparisons, all years", lambda: stage.compute_comparisons(values, references))
    kreise = [key for key in values["ags"].unique() if stage.is_kreis(key)]
    breaks = stage.breaks_by_region(inputs.sources, territory)
    timed("trends", lambda: stage.compute_trends(values, inputs.indicators, breaks, kreise))
    timed("projection and back-test", lambda: stage.project_population(converted, kreise))
    print(f"{'all results together (aim 20 s)':<60} {time.perf_counter() - started:7.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        release.write_slice(Path(folder), release.plan(only=(given.ags,))[0])
        slice_folder = Path(folder) / "slice"
        began = time.perf_counter()
        pd.read_parquet(slice_folder / "values.parquet")
        reading = time.perf_counter() - began
        began = time.perf_counter()
        report = open_edition(given.ags, slice_folder)
        report.findings(report.data.indicators)
        report.standouts()
        spent = time.perf_counter() - began
        ratio = f"{spent / reading:.1f} × reading the values with pandas"
        print(f"{'results of one edition from its slice (aim 0.5 s)':<52} {spent:7.2f} s, {ratio}")


if __name__ == "__main__":
    main()
