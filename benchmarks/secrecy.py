"""Times of secrecy: protection and audit of own tables of 400 municipalities, audit of all official tables.

python benchmarks/secrecy.py [--data DIR] [--copies 400]
Own tables are those of the model region's town Talbrück (11 tables, 16 Stadtteile, 42 schools), once per municipality.
"""

import argparse
import tempfile
from pathlib import Path

from timing import timed

from transferbuch.editions import values as stage
from transferbuch.project import find_project
from transferbuch.secrecy.audit import Audit
from transferbuch.secrecy.official import audit_official
from transferbuch.secrecy.protect import audit_tables, protect_tables
from transferbuch.site.release import Release, load_release

ROOT = Path(__file__).parents[1]


def own(release: Release, copies: int) -> None:
    tables = [one for one in release.own_given.tables["99001"] if one.is_public]
    official = release.own_given.official["99001"]
    name = f"protect the own tables of {copies} municipalities (aim 60 s)"
    found = timed(name, lambda: [protect_tables(tables, official) for _ in range(copies)])
    cells = {name: text for table in found[0] for name, text in table.cells().items()}
    name = "audit them (aim 120 s, 3 GB)"
    audits = timed(name, lambda: [audit_tables(tables, official, cells) for _ in range(copies)])
    print(Audit.together(audits).line())
    timed("audit one of them again (aim 5 s)", lambda: audit_tables(tables, official, cells))


def official(release: Release) -> None:
    inputs = release.inputs
    figures = stage.read_figures(release.package, inputs.sources)
    observations = stage.observe(figures, inputs.sources, inputs.register, inputs.corrections)
    converted = stage.convert_observations(observations, inputs.sources, release.territory)
    peers = release.computed.peers
    groups = {stage.group_key(ags): rows["peer"].tolist() for ags, rows in peers.groupby("ags")}
    changed = observations.copy()
    is_one = (changed["ags"] == "15084") & (changed["status"] == "ok") & (changed["year"] == changed["year"].max())
    changed.loc[is_one, "value"] += 1
    rest = (release.computed.values, groups, inputs.sources, inputs.indicators, inputs.register)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pieces.json"
        for name, given in (
            ("audit all official tables (aim 120 s, 3 GB)", observations),
            ("audit them again, nothing changed", observations),
            ("audit them again, one Kreis changed (aim 5 s)", changed),
        ):
            _, size = timed(name, lambda given=given: audit_official(given, converted, *rest, path))
            print(f"{size.secrets} secret cells, {size.equations} equations")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=str(ROOT / "_build" / "data"))
    parser.add_argument("--copies", type=int, default=400)
    given = parser.parse_args()
    own(load_release(find_project(ROOT), "modellregion"), given.copies)
    official(load_release(find_project(ROOT), given.data))


if __name__ == "__main__":
    main()
