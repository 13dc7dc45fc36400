"""The data slice: the folder with everything one edition may see, and nothing else.

  slice.json      who, names, parameters, indicator records, tables with provenance, chosen transfer objects
  values.parquet  indicator values of the municipality, its Land, Bund and the other Kreise of its Land
The same inputs give the same bytes, so the slice's fingerprint tells whether an edition is up to date.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from transferbuch.data.findings import Finding
from transferbuch.data.sources import Source
from transferbuch.data.store import DataPackage
from transferbuch.editions.plan import Edition
from transferbuch.editions.values import tree_hash
from transferbuch.indicators.catalogue import Indicator
from transferbuch.regions.keys import BUND
from transferbuch.regions.register import Register
from transferbuch.report.slice_reader import FORMAT
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.selection import choose_objects


def write_slice(
    folder: Path,
    edition: Edition,
    values: pd.DataFrame,
    package: DataPackage,
    sources: Mapping[str, Source],
    indicators: Mapping[str, Indicator],
    objects: Mapping[str, TransferObject],
    register: Register,
    findings: Iterable[Finding] = (),
) -> str:
    """Write the slice of `edition` into the (empty or missing) `folder`; returns its fingerprint (SHA-256).

    Of the findings, the slice holds those of this municipality that stop a figure or were accepted.
    """
    kreis = edition.kreis
    peers = [str(other.ags) for other in register.current(kreis.land) if other.ags != kreis.ags]
    seen = [edition.ags, str(kreis.land), BUND, *peers]
    part = values[values["ags"].isin(seen)].sort_values(["indicator", "ags", "year"], ignore_index=True)
    content = {
        "format": FORMAT,
        "ags": edition.ags,
        "fictional": kreis.ags.is_fictional,
        "data_package": package.id,
        "land": str(kreis.land),
        "peers": peers,
        "names": _names(edition, peers, register),
        "parameters": edition.parameters.model_dump(mode="json"),
        "indicators": [
            {**one.model_dump(mode="json"), "tables": _tables_of(one, sources)} for one in indicators.values()
        ],
        "tables": _tables(part, package, sources),
        "transfer": _transfer(edition, objects, register),
        "findings": [
            {"variable": one.variable, "year": one.year, "accepted": not one.stops, "reason": one.review.reason}
            for one in findings
            if one.ags == edition.ags and (one.stops or one.review.status == "accepted")
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "slice.json").write_text(text, encoding="utf-8")
    part.to_parquet(folder / "values.parquet", index=False)
    return tree_hash(folder)


def _names(edition: Edition, peers: list[str], register: Register) -> dict[str, dict[str, str]]:
    land = str(edition.kreis.land)
    bund = "Modellbund" if edition.kreis.ags.is_fictional else "Deutschland"
    names = {BUND: {"name": bund, "kind": "Bund"}, land: {"name": register.land_name(land), "kind": "Land"}}
    for key in [edition.ags, *peers]:
        names[key] = {"name": register[key].name, "kind": register[key].kind}
    return names


def _tables_of(indicator: Indicator, sources: Mapping[str, Source]) -> list[str]:
    return sorted(
        {
            source.table
            for source in sources.values()
            for variable in source.variables
            if variable.id in indicator.formula.variables
        }
    )


def _tables(part: pd.DataFrame, package: DataPackage, sources: Mapping[str, Source]) -> dict[str, dict]:
    """Provenance of every table that a value of the slice comes from; the newest delivered file speaks for it."""
    used = {code for tables in part["tables"].unique() for code in tables.split(",") if code}
    hashes = {mark for files in part["files"].unique() for mark in files.split(",") if mark}
    by_code = {code: source for source in sources.values() for code in (source.table, *source.also)}
    tables = {}
    for code in sorted(used):
        files = sorted(
            (one for one in package.tables if one.table == code and one.sha256[:12] in hashes),
            key=lambda one: (one.stand, one.sha256),
        )
        source, newest = by_code[code], files[-1]
        tables[code] = {
            "title": source.title,
            "statistic": source.statistic,
            "period": source.period,
            "stand": newest.stand,
            "licence": newest.licence or source.licence,
            "attribution": newest.attribution or f"© {source.publisher}, Deutschland",
            "url": source.url,
            "caveats": list(source.caveats),
            "variables": [variable.id for variable in source.variables],
            "breaks": [one.model_dump(mode="json") for one in source.breaks],
            "files": [{"file": one.file, "sha256": one.sha256, "stand": one.stand} for one in files],
        }
    return tables


def _transfer(edition: Edition, objects: Mapping[str, TransferObject], register: Register) -> list[dict]:
    chosen = edition.parameters
    open_objects = {slug: one for slug, one in objects.items() if not chosen.kinds or one.kind in chosen.kinds}
    successors = {str(kreis.ags): kreis.successors for kreis in register if kreis.successors}
    choices = choose_objects(open_objects, edition.ags, edition.kreis.kind, chosen.fields, successors=successors)
    return [{"reason": choice.reason, **choice.object.model_dump(mode="json")} for choice in choices]
