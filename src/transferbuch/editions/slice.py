"""The data slice: the folder with everything one edition may see, and nothing else.

  slice.json      who, for whom (`audience`), names, parameters, Gebietsstand and the dissolved Kreise in each region
                  (`formed_from`), indicator records, tables with provenance, chosen transfer objects, those that
                  practice boxes and report forms name, descriptions of the own tables and the goals that the audience
                  may know of
  values.parquet  indicator values of the municipality, its Land, Bund, the other Kreise of its Land and the compared
                  ones; the place among all Kreise only where pages tell it (see `_are_placed`)
  comparisons.parquet, trends.parquet  what can be said of the municipality's values beyond chance
  population.parquet  projection of the population of the municipality, its Land and the Bund
  own.parquet     own tables of the municipality without their secret figures: see `secrecy.protect`
  areas.json      indices of small areas, only where the municipality chose some: see `editions.areas`
The same inputs give the same bytes, so the slice's fingerprint tells whether an edition is up to date.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from transferbuch.data.own_mapping import OwnDataset
from transferbuch.data.sources import Source
from transferbuch.data.stacking import as_texts
from transferbuch.data.store import DataPackage
from transferbuch.editions.fingerprints import hash_of, tree_hash
from transferbuch.editions.forms import objects_of
from transferbuch.editions.goals import goals_record
from transferbuch.editions.matches import context_values, match_record, matches_of, needs_record
from transferbuch.editions.plan import Edition
from transferbuch.editions.templates import Template
from transferbuch.editions.values import Computed
from transferbuch.indicators.catalogue import Indicator
from transferbuch.reference_day import reference_day
from transferbuch.regions.keys import BUND, CombinedAGS, group_key
from transferbuch.regions.reforms import Territory
from transferbuch.regions.register import Kreis, Register
from transferbuch.report.area_model import FILE as AREAS
from transferbuch.report.area_model import AreaIndex, areas_text
from transferbuch.report.slice_model import OwnColumn
from transferbuch.report.slice_reader import FORMAT, OWN_COLUMNS, OWN_FILE
from transferbuch.secrecy.protect import ProtectedTable
from transferbuch.transfer.goals import Goal
from transferbuch.transfer.matching import Matcher
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import PUBLIC

_PLACES = ["kreise", "lower", "equal"]
FICTIONAL_AUTHOR = "© Modellregion (erfundene Daten) des Projekts Transferbuch, 2026"
"""Whom the figures of the model region are by."""


def write_slice(
    folder: Path,
    edition: Edition,
    computed: Computed,
    package: DataPackage,
    sources: Mapping[str, Source],
    indicators: Mapping[str, Indicator],
    matcher: Matcher,
    territory: Territory,
    own_data: Sequence[ProtectedTable] = (),
    areas: tuple[AreaIndex, ...] = (),
    records: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Write the slice of `edition` into the (empty or missing) `folder`; returns its fingerprint (SHA-256).

    `computed.values` may be those of the Land and the Bund alone. Of comparisons, trends and findings, the slice holds
    those of this municipality; of findings those that stop a figure or were accepted. `records` saves making
    `indicator_records` again. Raises ValueError if a public edition is handed anything internal.
    """
    own_data = tuple(own_data)
    if edition.audience == PUBLIC:
        _refuse_internal(
            [
                *indicators.values(),
                *matcher.objects,
                *edition.chapters,
                *edition.parameters.goals,
                *(one.dataset for one in own_data),
            ]
        )
    kreis, register = edition.kreis, territory.register
    members = _members(edition)
    profile, matches = matches_of(matcher, edition, indicators, computed)
    peers = _of_land(edition, territory)
    compared = _compared_kreise(edition, computed)
    seen = seen_regions(edition, computed, territory)
    values = computed.values
    part = as_texts(values[values["ags"].isin(seen)].sort_values(["indicator", "ags", "year"], ignore_index=True))
    described = _compared(edition, compared, computed)
    part[_PLACES] = part[_PLACES].astype("Int64").where(_are_placed(part, edition, described))
    tables = _tables(part, package, sources, kreis.ags.is_fictional)
    content = {
        "format": FORMAT,
        "ags": edition.ags,
        "audience": edition.audience,
        "fictional": kreis.ags.is_fictional,
        "data_files": hash_of(sorted({file["sha256"] for one in tables.values() for file in one["files"]}))[:16],
        "gebietsstand": territory.day.isoformat(),
        "formed_from": {edition.ags: _formed_from(members, territory)}
        | {key: before for key in peers if (before := _formed_from([key], territory))},
        "moves": _moves(members, territory),
        "land": str(kreis.land),
        "peers": peers,
        "names": _names(edition, [*members, *peers, *compared["peer"]], register),
        "compared": described,
        "outlook": _outlook(edition, computed),
        "parameters": edition.parameters.model_dump(
            mode="json", exclude={"own_data", "indices", "audiences", "goals", "brand"}
        ),
        "indicators": records or indicator_records(indicators, sources),
        "tables": tables,
        "needs": needs_record(profile),
        "transfer": [match_record(one, matcher, computed.context) for one in matches[: matcher.settings.first]],
        "named_objects": _named_objects(edition, matcher.objects),
        "context": context_values(computed.context[computed.context["ags"] == edition.ags]),
        "goals": goals_record(
            edition.parameters.goals,
            values[values["ags"] == edition.ags],
            {one.slug: one.title for one in matcher.objects},
            reference_day(),
        ),
        "own_data": _own_data(own_data),
        "findings": [
            {"variable": one.variable, "year": one.year, "accepted": not one.stops, "reason": one.review.reason}
            for one in computed.findings
            if one.ags in members and (one.stops or one.review.status == "accepted")
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    # one line per entry: to be read by people, and soon written
    entries = (f"{json.dumps(key)}: {_json(value)}" for key, value in sorted(content.items()))
    text = "{\n" + ",\n".join(entries) + "\n}\n"
    (folder / "slice.json").write_text(text, encoding="utf-8")
    part.to_parquet(folder / "values.parquet", index=False)
    for name, regions in (
        ("comparisons", [edition.ags]),
        ("trends", [edition.ags]),
        ("population", [edition.ags, str(kreis.land), BUND]),
    ):
        frame = getattr(computed, name)
        own = as_texts(frame[frame["ags"].isin(regions)]).reset_index(drop=True)
        own.to_parquet(folder / f"{name}.parquet", index=False)
    if own_data:
        whole = pd.concat([one.rows for one in own_data], ignore_index=True)
        whole[list(OWN_COLUMNS)].to_parquet(folder / OWN_FILE, index=False)
    if areas:
        (folder / AREAS).write_text(areas_text(areas), encoding="utf-8")
    return tree_hash(folder)


def seen_regions(edition: Edition, computed: Computed, territory: Territory) -> list[str]:
    """Keys of all regions whose values an edition sees: own, Land, Bund, the Kreise of the Land and compared ones."""
    compared = _compared_kreise(edition, computed)["peer"].tolist()
    own = [edition.ags, str(edition.kreis.land), BUND, group_key(edition.ags)]
    return list(dict.fromkeys([*own, *_of_land(edition, territory), *compared]))


def _are_placed(part: pd.DataFrame, edition: Edition, compared: Mapping[str, Any]) -> pd.Series:
    """Rows whose place among all Kreise pages tell: the municipality's, its references', and those that the compared
    Kreise have in the context that they are compared by.

    A corrected figure of one Kreis moves the places of many others; who does not show them need not know.
    """
    told = [edition.ags, str(edition.kreis.land), BUND, group_key(edition.ags)]
    peers = [one["ags"] for one in compared["peers"]]
    return part["ags"].isin(told) | part["ags"].isin(peers) & part["indicator"].isin(compared["context"])


def _members(edition: Edition) -> tuple[str, ...]:
    ags = edition.kreis.ags
    return ags.members if isinstance(ags, CombinedAGS) else (ags,)


def _of_land(edition: Edition, territory: Territory) -> list[str]:
    members = _members(edition)
    return [str(other.ags) for other in territory.kreise(edition.kreis.land) if other.ags not in members]


def _compared_kreise(edition: Edition, computed: Computed) -> pd.DataFrame:
    return computed.peers[computed.peers["ags"] == edition.ags]


def _compared(edition: Edition, peers: pd.DataFrame, computed: Computed) -> dict[str, Any]:
    """The Kreise this one is compared with, in order of their distance, its Kreistyp and its group in the typology."""
    seen = computed.kinds[computed.kinds["ags"].isin([edition.ags, *peers["peer"]])]
    kinds = {row["ags"]: row for row in seen.to_dict("records")}
    own = kinds.get(edition.ags, {})
    return {
        "chosen": bool(peers["chosen"].any()),
        "peers": [
            {
                "ags": row.peer,
                "distance": None if math.isnan(row.distance) else round(row.distance, 2),
                "type": kinds[row.peer]["type_label"] if row.peer in kinds else "",
            }
            for row in peers.itertuples()
        ],
        "type": own.get("type_label", ""),
        "cluster": {key: own.get(key, "" if key in ("name", "between") else 0) for key in ("name", "size", "between")},
        "missing": own.get("missing", 0),
        "context": dict(zip(_split(own.get("variables")), map(int, _split(own.get("years"))), strict=True)),
    }


def _outlook(edition: Edition, computed: Computed) -> dict[str, Any]:
    """What the projection rests on, and how one from an earlier year compares with what came: for this municipality,
    and as median and middle 80 % of the errors of all Kreise, in percent."""
    assumed = computed.assumptions[computed.assumptions["ags"] == edition.ags]
    tested = computed.backtest[computed.backtest["ags"] == edition.ags]
    own = tested[tested["year"] == tested["year"].max()]
    return {
        "assumptions": json.loads(assumed.to_json(orient="records"))[0] if len(assumed) else {},
        "backtest": json.loads(own.drop(columns="ags").to_json(orient="records")),
        "errors": computed.errors.to_dict("records"),
    }


def _split(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]


def _refuse_internal(records: Iterable[Indicator | TransferObject | Template | OwnDataset | Goal]) -> None:
    """Never to happen: what is internal is not read for the public."""
    if any(one.access != PUBLIC for one in records):
        raise ValueError("a public edition was handed something internal")


def _names(edition: Edition, others: list[str], register: Register) -> dict[str, dict[str, str]]:
    land = str(edition.kreis.land)
    bund = "Modellbund" if edition.kreis.ags.is_fictional else "Deutschland"
    names = {BUND: {"name": bund, "kind": "Bund"}, land: {"name": register.land_name(land), "kind": "Land"}}
    for kreis in [edition.kreis, *(register[key] for key in others)]:
        names[str(kreis.ags)] = {"name": kreis.name, "kind": kreis.kind}
    return names


def _formed_from(members: Iterable[str], territory: Territory) -> list[dict[str, str | bool]]:
    """Dissolved Kreise whose territory lies in these Kreise; `exact`: all of it does."""
    held: dict[str, list[tuple[Kreis, bool]]] = {}
    for member in members:
        for kreis, is_whole in territory.formed_from(member):
            held.setdefault(str(kreis.ags), []).append((kreis, is_whole))
    return [
        {"ags": ags, "name": parts[0][0].label, "until": str(parts[0][0].valid_to), "exact": parts[0][1]}
        for ags, parts in sorted(held.items())
    ]


def _moves(members: Iterable[str], territory: Territory) -> list[dict[str, str | int]]:
    """Gemeinden that came to these Kreise or left them for another one, as breaks of every series (German)."""
    members, register = list(members), territory.register
    found = []
    for member in members:
        for one in territory.moves(member):
            if one.giver == member and one.taker not in members:
                share = f"{100 * one.share:.1f}".replace(".", ",")
                detail = f"{share} % der Bevölkerung gehören seitdem zu: {register[one.taker].label}."
            elif one.taker == member and one.giver not in members:
                detail = f"Seitdem gehören einige Gemeinden dazu aus: {register[one.giver].label}."
            else:
                continue
            found.append({"since": one.year, "what": f"der Wechsel einzelner Gemeinden {one.year}", "detail": detail})
    return found


def _named_objects(edition: Edition, objects: Iterable[TransferObject]) -> dict[str, dict[str, str]]:
    """Title, summary and giver of the transfer objects that practice boxes and report forms name, by slug."""
    chosen = edition.parameters
    named = {one.slug for one in chosen.practice} | {slug for one in chosen.formats for slug in objects_of(one)}
    return {
        one.slug: {"title": one.title, "summary": one.summary, "giver": one.giver.name}
        for one in objects
        if one.slug in named
    }


def indicator_records(indicators: Mapping[str, Indicator], sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    """The catalogue's indicators as every slice has them, with their official tables."""
    return [{**one.model_dump(mode="json"), "tables": _tables_of(one, sources)} for one in indicators.values()]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _tables_of(indicator: Indicator, sources: Mapping[str, Source]) -> list[str]:
    return sorted(
        {
            source.table
            for source in sources.values()
            for variable in source.variables
            if variable.id in indicator.formula.variables
        }
    )


def _tables(
    part: pd.DataFrame, package: DataPackage, sources: Mapping[str, Source], fictional: bool
) -> dict[str, dict]:
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
        # a file of the model region that names no author is never the publisher's
        named = FICTIONAL_AUTHOR if fictional else source.attribution or f"© {source.publisher}, Deutschland"
        tables[code] = {
            "name": code if code[:1].isdigit() or code == source.table else f"{source.table} (Auszug)",
            "title": source.title,
            "statistic": source.statistic,
            "period": source.period,
            "stand": newest.stand or source.stand,
            "licence": newest.licence or ("CC BY 4.0" if fictional else source.licence),
            "attribution": newest.attribution or named,
            "url": source.url,
            "caveats": list(source.caveats),
            "variables": [variable.id for variable in source.variables],
            "breaks": [one.model_dump(mode="json") for one in source.breaks],
            "files": [{"file": one.file, "sha256": one.sha256, "stand": one.stand or source.stand} for one in files],
        }
    return tables


def _own_data(tables: Iterable[ProtectedTable]) -> list[dict]:
    """What the own tables of this edition are about; their figures are in `own.parquet`."""
    return [
        {
            "id": one.dataset.id,
            "title": one.dataset.title,
            "columns": [
                measure.model_dump(mode="json", include={key.name for key in fields(OwnColumn)})
                for measure in one.dataset.columns
            ],
            "level": one.dataset.level,
            "areas": one.areas,
            "periods": list(one.periods),
            "source": one.dataset.source,
            "stand": one.dataset.stand.isoformat(),
            "licence": one.dataset.licence,
            "access": one.dataset.access,
        }
        for one in tables
    ]
