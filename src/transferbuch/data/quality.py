"""The plausibility checks over all figures of a data package, and what they stop.

The loop: checks find, the office that answers is named, a person signs off (`data.reviews`) or corrects
(`data.corrections`). A finding of severity `refuse` stops its figure, not the edition: the observation becomes
`implausible`, and what is computed from it has no number and says why.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from transferbuch.data.completeness import find_gaps
from transferbuch.data.corrections import Correction, named_rows
from transferbuch.data.findings import Finding, SignOff, responsible_for, worst_first
from transferbuch.data.jumps import broken_figures, find_jumps
from transferbuch.data.reviews import Review, sign_off
from transferbuch.data.sources import Source
from transferbuch.data.store import DataPackage
from transferbuch.data.sums import find_broken_sums, german, lay_out
from transferbuch.regions.keys import BUND
from transferbuch.regions.register import Register


def find_findings(
    package: DataPackage,
    figures: pd.DataFrame,
    observations: pd.DataFrame,
    completeness: pd.DataFrame,
    sources: dict[str, Source],
    register: Register,
    corrections: Iterable[Correction] = (),
    reviews: Iterable[Review] = (),
) -> tuple[Finding, ...]:
    """All findings, worst first, signed off by `reviews`, with file and line of the figure.

    `figures` as `observations.read_figures` gives them, `observations` made from them. Raises PersonFileError for a
    review that no longer applies.
    """
    if observations.empty:
        return ()
    matrices = lay_out(observations, sources)
    sums = list(find_broken_sums(matrices, sources, register))
    found = [
        *sums,
        *find_jumps(matrices, sources, broken_figures(sums, sources)),
        *find_gaps(completeness, sources),
        *_find_revisions(figures, sources),
        *_find_breaks(observations, sources),
        *_find_corrected(observations, sources, corrections),
    ]
    signed = sign_off(_with_places(found, observations, package), reviews, observations)
    parts = _with_places(list(_find_parts_of_stopped(signed, observations, sources)), observations, package)
    return tuple(worst_first([*signed, *parts]))


def withhold_refused(observations: pd.DataFrame, findings: Iterable[Finding]) -> pd.DataFrame:
    """`observations` without the numbers of figures that a finding stops; their status is implausible, or withheld
    where a person refused them."""
    stopped = {one.key: one.review.status for one in findings if one.stops}
    if not stopped:
        return observations
    named = _rows_of(stopped, observations)
    keys = zip(named["variable"], named["ags"], named["year"], strict=True)
    labels = {key: label for key, label in zip(keys, named.index, strict=True) if key in stopped}
    frame = observations.copy()
    for key, label in labels.items():
        frame.loc[label, ["value", "status"]] = [np.nan, "withheld" if stopped[key] == "withheld" else "implausible"]
    return frame


def find_impossible(values: pd.DataFrame, tables: dict[str, str]) -> Iterator[Finding]:
    """Findings `limits` of computed quotients outside the limits of their indicator, whose terms no other check stops.

    values: as `indicators.compute` gives them, computed from observations without stopped figures; tables: first
    table per indicator. The finding names the indicator in place of a variable and has no value.
    """
    outside = values[(values["status"] == "implausible") & values[["numerator", "denominator"]].notna().all(axis=1)]
    for row in outside.itertuples():
        yield Finding(
            "limits", "refuse", tables[row.indicator], row.indicator, row.ags, int(row.year), None,
            f"numerator {row.numerator:.10g}, denominator {row.denominator:.10g}",
            f"Zähler {german(row.numerator)}, Nenner {german(row.denominator)}.",
            "Datenpflege",
        )  # fmt: skip


def _find_parts_of_stopped(
    findings: Iterable[Finding], observations: pd.DataFrame, sources: dict[str, Source]
) -> Iterator[Finding]:
    """The other parts of a total that is stopped together with one of its parts: such a row is wrong as a whole."""
    stops = [one for one in findings if one.stops]
    stopped = {one.key for one in stops}
    parts = {}
    for one in stops:
        sums = [item for item in sources[one.table].sums if item.total == one.variable]
        parts[one] = [(part, one.ags, one.year) for part in dict.fromkeys(part for item in sums for part in item.parts)]
    named = _rows_of({key for keys in parts.values() for key in keys}, observations)
    named = named[named["status"] == "ok"]
    values = dict(zip(zip(named["variable"], named["ags"], named["year"], strict=True), named["value"], strict=True))
    for one in stops:
        keys = parts[one]
        if stopped.isdisjoint(keys):
            continue
        for key in keys:
            if key in values and key not in stopped:
                what = f"part of {one.variable} {one.value:.10g}"
                text = f"Teil einer zurückgehaltenen Zahl ({german(one.value)})."
                yield Finding("part_of_stopped", "refuse", one.table, *key, values[key], what, text, one.responsible)


def _with_places(found: list[Finding], observations: pd.DataFrame, package: DataPackage) -> list[Finding]:
    """The findings with the name of the official file and the line of the figure."""
    keys = {one.key for one in found if one.variable}
    named = _rows_of(keys, observations)
    columns = zip(named["variable"], named["ags"], named["year"], named["file_sha256"], named["line"], strict=True)
    places = {row[:3]: row[3:] for row in columns if row[:3] in keys}
    names = {table.sha256: table.file for table in package.tables}
    return [
        replace(one, file=names.get(places[one.key][0], ""), line=int(places[one.key][1])) if one.key in places else one
        for one in found
    ]


def _rows_of(keys: Collection[tuple[str, str, int]], observations: pd.DataFrame) -> pd.DataFrame:
    """The rows that may be figures of `keys` (variable, region, year): few enough to be looked at one by one."""
    named = observations
    for name, asked in zip(("variable", "ags", "year"), zip(*keys, strict=True), strict=False):
        named = named[named[name].isin(set(asked))]
    return named if keys else observations.head(0)


def _find_revisions(figures: pd.DataFrame, sources: dict[str, Source]) -> Iterator[Finding]:
    """One finding per variable, year and Land: how many figures two files print differently, and which Stand counts."""
    numbers = figures[figures["value"].notna()]
    twice = numbers[numbers.duplicated(["variable", "ags", "year", "time"], keep=False)]
    if twice.empty:
        return
    twice = twice.sort_values("stand", kind="stable")
    first = twice.drop_duplicates(["variable", "ags", "year"])
    last = twice.drop_duplicates(["variable", "ags", "year"], keep="last")
    both = last.merge(first, on=["variable", "ags", "year"], suffixes=("", "_before"))
    changed = both[both["value"] != both["value_before"]]
    owner = {variable.id: source for source in sources.values() for variable in source.variables}
    level = changed["ags"].where(changed["ags"] == BUND, changed["ags"].str[:2])
    for (variable, year, land), rows in changed.groupby(["variable", "year", level]):
        row = rows.iloc[(rows["value"] - rows["value_before"]).abs().argmax()]
        span = f"Stand {row['stand_before']} → {row['stand']}"
        largest = f"{row['value_before']:.10g} → {row['value']:.10g}"
        yield Finding(
            "revised", "info", owner[variable].table, variable, str(land), int(year), None,
            f"{len(rows)} figures changed, {span}; largest: {row['ags']} {largest}",
            f"{len(rows)} Zahlen geändert, {span}; am stärksten {row['ags']}: {german(row['value_before'])} → "
            f"{german(row['value'])}.",
            responsible_for(owner[variable], str(land)),
        )  # fmt: skip


def _find_breaks(observations: pd.DataFrame, sources: dict[str, Source]) -> Iterator[Finding]:
    """One finding per declared break that lies inside the years and regions that the package holds."""
    spans = observations.groupby("variable")["year"].agg(["min", "max"])
    lands = set(observations["ags"].str[:2].unique())
    for source in sources.values():
        own = [variable.id for variable in source.variables if variable.id in spans.index]
        for one in source.breaks:
            held = [name for name in own if not one.variables or name in one.variables]
            if not held or (one.laender and not lands & set(one.laender)):
                continue
            low, high = spans.loc[held, "min"].min(), spans.loc[held, "max"].max()
            if not (low < one.first <= high or (one.until and low <= one.first <= high)):
                continue
            # several breaks of one year differ in their Länder
            where = one.laender[0] if one.laender else BUND
            which = f"Länder {', '.join(one.laender)}" if one.laender else "all Länder"
            yield Finding(
                "break", "info", source.table, one.variables[0] if one.variables else "", str(where), one.first, None,
                f"{one.what} ({which})", f"{one.detail} Quelle: {one.source}.", "Datenpflege",
            )  # fmt: skip


def _find_corrected(
    observations: pd.DataFrame, sources: dict[str, Source], corrections: Iterable[Correction]
) -> Iterator[Finding]:
    """One finding per declared correction of a figure that the package holds."""
    owner = {variable.id: source for source in sources.values() for variable in source.variables}
    corrections = tuple(corrections)
    named = named_rows(observations, corrections)
    held = set(zip(named["variable"], named["ags"], named["year"], strict=True))
    for correction in corrections:
        entry = correction.entry
        if (entry.variable, str(entry.ags), entry.year) in held:
            source = owner[entry.variable]
            done = "withheld" if entry.value is None else f"replaced by {entry.value:.10g}"
            yield Finding(
                "corrected", "info", source.table, entry.variable, str(entry.ags), entry.year, entry.printed,
                f"{done}; status: {entry.status}", entry.reason, responsible_for(source, str(entry.ags)),
                review=SignOff("corrected", entry.author, entry.date.isoformat(), entry.reason, entry.source),
            )  # fmt: skip
