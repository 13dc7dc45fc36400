"""Secret cells of official tables: what the tables themselves allow to work out, and whether our figures allow more.

Official tables are protected by their offices. Their secret cells stay secret here; nobody computes them. This audit
asks two things of every secret cell: is it narrowed by the official tables alone (total minus parts, Land minus
Kreise)? That is told to the people who publish, for the office, and changes nothing. And is it narrowed further by
figures that are derived here (numerators and denominators of indicators, values of groups of Kreise, combined
territories)? That stops the release.

Grain of the result of `audit_official`: one row per secret cell that is narrowed to fewer than `ROOM` possible values.
Columns: variable, ags, year, by ("tables" or "figures"), why (facts or derived figures that narrow it, separated by
"; "). How far it is narrowed is kept nowhere.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import eye_array, hstack

from transferbuch.data.observations import day_of
from transferbuch.data.sources import Source
from transferbuch.data.sums import ADDITIVE, Figures, kreise_views, lay_out
from transferbuch.errors import Problem, ReleaseRefused
from transferbuch.indicators.catalogue import Indicator
from transferbuch.regions.keys import BUND, MODEL_LAND
from transferbuch.regions.register import Register
from transferbuch.secrecy.audit import Breach, find_breaches
from transferbuch.secrecy.web import Name, Need, Row, Web

ROOM = 3.0
AUDIT_COLUMNS = ("variable", "ags", "year", "by", "why")
_NEED = Need(0, 0, ROOM)
_NEAR = 1e-6


class AuditSize(NamedTuple):
    """How much was looked at: secret cells, equations, seconds."""

    secrets: int
    equations: int
    seconds: float


def audit_official(
    observations: pd.DataFrame,
    converted: pd.DataFrame,
    values: pd.DataFrame,
    groups: Mapping[str, Iterable[str]],
    sources: dict[str, Source],
    indicators: Mapping[str, Indicator],
    register: Register,
    cache: Path | None = None,
) -> tuple[pd.DataFrame, "AuditSize"]:
    """`observations` as published, `converted` to the asked territory, `values` of indicators and of `groups`.

    `cache`: file that remembers the pieces of the web by their content, so that one changed Kreis is soon looked at.
    """
    started = time.perf_counter()
    web = Web()
    for rows in (observations, converted):
        for name in names_of(rows[rows["status"] == "secret"]):
            web.needs[web.variable(name, np.nan)] = _NEED
    state_tables(web, observations, sources, register)
    state_figures(web, converted, values, indicators)
    state_groups(web, values, groups, indicators)
    known, seen, rows = _read_known(cache), {}, []
    for part in web.parts():
        mark = hashlib.sha256(repr((part.names, part.rows)).encode()).hexdigest()
        seen[mark] = known[mark] if mark in known else _narrowed(part)
        rows += seen[mark]
    _write_known(cache, seen)
    found = pd.DataFrame(rows, columns=list(AUDIT_COLUMNS)).astype({"year": int})
    return found.sort_values(["by", "variable", "ags", "year"], ignore_index=True), AuditSize(
        len(web.needs), len(web.rows), time.perf_counter() - started
    )


def _narrowed(part: Web) -> list[list[str]]:
    """Secrets of one piece that are narrowed: by the tables alone, or further by our figures."""
    by_tables = {one.name: one for one in _breaches(replace(part, rows=[row for row in part.rows if not row.cell]))}
    rows = [[*name, "tables", "; ".join(one.facts)] for name, one in by_tables.items()]
    if all(not row.cell for row in part.rows):
        return rows
    for one in _breaches(part):
        before = by_tables.get(one.name)
        if before is None or one.high - one.low < before.high - before.low - _NEAR:
            rows.append([*one.name, "figures", "; ".join(map(" ".join, one.cells))])
    return rows


def _read_known(cache: Path | None) -> dict[str, list[list[str]]]:
    """What is known of pieces that were looked at before, by their content; no value is in it."""
    if cache is None or not cache.is_file():
        return {}
    return json.loads(cache.read_text(encoding="utf-8"))


def _write_known(cache: Path | None, seen: dict[str, list[list[str]]]) -> None:
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(seen), encoding="utf-8")
        os.replace(part, cache)


def _breaches(part: Web) -> list[Breach]:
    """Breaches in one piece of the web. Official tables do not always add up: rows that contradict others say nothing,
    so as few of them as possible are left out."""
    if broken := contradictions(part):
        part = replace(part, rows=[row for row in part.rows if row not in broken])
    return [breach for one in part.parts() for breach in find_breaches(one, ())]


def contradictions(web: Web) -> list[Row]:
    """Rows that must give way for all others to hold: those of the least sum of gaps (linear programming)."""
    constraint, size = web.constraint(web.rows), len(web.rows)
    gaps = eye_array(size, format="csr")
    found = milp(
        np.r_[np.zeros(len(web.names)), np.ones(2 * size)],
        constraints=LinearConstraint(hstack([constraint.A, gaps, -gaps]), constraint.lb, constraint.ub),
    )
    slack = found.x[len(web.names) :].reshape(2, size).sum(axis=0)
    return [row for row, gap in zip(web.rows, slack, strict=True) if gap > _NEAR]


def names_of(rows: pd.DataFrame) -> list[Name]:
    """(variable, ags, year) of observations."""
    return list(zip(rows["variable"], rows["ags"], rows["year"].astype(str), strict=True))


def state_tables(web: Web, observations: pd.DataFrame, sources: dict[str, Source], register: Register) -> None:
    """Rows of sums in official tables that have a secret cell, as far as everything else in them is printed."""
    known = {variable.id for source in sources.values() for variable in source.variables}
    figures = lay_out(observations[observations["variable"].isin(known)], sources)
    # what is not there adds nothing; what is missing for another reason says nothing about the rest
    absent = set(names_of(observations[observations["status"] == "not_existing"]))
    views = kreise_views(register)
    by_variable: dict[str, set[tuple[str, int]]] = {}
    for variable, ags, year in web.numbers:
        by_variable.setdefault(variable, set()).add((ags, int(year)))
    for source in sources.values():
        for variable in source.variables:
            if source.region_sums == "none" or variable.unit not in ADDITIVE or variable.id not in by_variable:
                continue
            for land, year in sorted({(ags[:2], year) for ags, year in by_variable[variable.id] if len(ags) == 5}):
                # figures of borders that changed since fit no total, and say nothing
                kreise = next(iter(views(land, day_of(figures.times[variable.id, year]))), [])
                parts, what = [(variable.id, one, year) for one in kreise], f"{variable.id}: Kreise and Land {land}"
                equal = source.region_sums != "at_most"
                _state(web, figures, absent, parts, (variable.id, land, year), equal, f"{what}, {year}")
            laender = [one for one in figures.row if len(one) == 2 and one not in (BUND, MODEL_LAND)]
            for year in sorted({year for ags, year in by_variable[variable.id] if len(ags) == 2}):
                _state(web, figures, absent, [(variable.id, one, year) for one in laender], (variable.id, BUND, year),
                       True, f"{variable.id}: Länder and Bund, {year}")  # fmt: skip
        for one in source.sums:
            touched = {at for name in (one.total, *one.parts) for at in by_variable.get(name, ())}
            for ags, year in sorted(touched):
                parts = [(name, ags, year) for name in one.parts]
                _state(web, figures, absent, parts, (one.total, ags, year), one.complete,
                       f"{one.total}: parts and total of {ags}, {year}")  # fmt: skip


def _state(
    web: Web,
    figures: Figures,
    absent: set[Name],
    parts: list[tuple[str, str, int]],
    total: tuple[str, str, int],
    equal: bool,
    what: str,
) -> None:
    """Σ parts = total, or at most total, up to rounding; nothing where a cell is neither printed nor secret."""
    terms, rest, slack = [], 0.0, _NEAR
    for sign, (variable, ags, year) in [(1.0, part) for part in parts] + [(-1.0, total)]:
        name = (variable, ags, str(year))
        if name in web.numbers:
            terms.append((web.numbers[name], sign))
            continue
        if name in absent:
            continue
        value, error = _printed(figures, variable, ags, year)
        if np.isnan(value):
            return
        rest, slack = rest + sign * value, slack + error
    if terms:
        web.state(terms, -rest - slack if equal else -np.inf, -rest + slack, what=what)


def _printed(figures: Figures, variable: str, ags: str, year: int) -> tuple[float, float]:
    if variable not in figures.values or ags not in figures.row or year not in figures.years:
        return np.nan, 0.0
    at = figures.row[ags], figures.years.index(year)
    return float(figures.values[variable][at]), float(figures.errors[variable][at])


def state_figures(web: Web, converted: pd.DataFrame, values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> None:
    """Rows of indicator values that are published although a term of theirs is secret."""
    secret = converted.loc[converted["status"] == "secret", ["variable", "ags", "year"]]
    sums = [(id, part, terms, shift) for id, part, terms, shift in _sums(indicators)]
    uses = pd.DataFrame(
        [(variable, number, shift) for number, (*_, terms, shift) in enumerate(sums) for variable in terms],
        columns=["variable", "sum", "shift"],
    )
    touched = secret.merge(uses, on="variable")
    touched["indicator"] = touched["sum"].map(lambda number: sums[number][0])
    touched = touched.assign(of_year=touched["year"], year=touched["year"] + touched["shift"])
    touched = touched.drop_duplicates(["indicator", "ags", "year", "sum"])
    ok = values.loc[values["status"] == "ok", ["indicator", "ags", "year", "value", "numerator", "denominator"]]
    for row in touched.merge(ok, on=["indicator", "ags", "year"]).to_dict("records"):
        id, part, terms, _ = sums[row["sum"]]
        here = converted[(converted["ags"] == row["ags"]) & (converted["year"] == row["of_year"])]
        numbers = here[here["value"].notna()].set_index("variable")["value"]
        unknown = [
            (web.numbers[name], factor)
            for variable, factor in terms.items()
            if variable not in numbers.index and (name := (variable, row["ags"], str(row["of_year"]))) in web.numbers
        ]
        rest = row[part] - sum(factor * numbers.get(variable, 0.0) for variable, factor in terms.items())
        if unknown and not np.isnan(rest):
            web.state(unknown, rest - _NEAR, rest + _NEAR, (id, row["ags"], str(row["year"]), part))


def _sums(indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str, dict[str, float], int]]:
    """(indicator, part of its value, factors of the variables that add up to it, years that the value is later)."""
    for id, one in indicators.items():
        formula = one.formula
        above = {name: 1.0 for name in formula.numerator} | {name: -1.0 for name in formula.minus}
        yield id, "value" if formula.kind == "value" else "numerator", above, 0
        below = {name: 1.0 for name in formula.denominator} or (above if formula.kind == "change" else {})
        if below:
            yield id, "denominator", below, formula.years or formula.denominator_years_before


def state_groups(
    web: Web, values: pd.DataFrame, groups: Mapping[str, Iterable[str]], indicators: Mapping[str, Indicator]
) -> None:
    """Rows of values of groups that are more than the sum of their open members: then a secret one is in them."""
    kinds = {id for id, one in indicators.items() if one.formula.kind in ("share", "rate", "ratio", "change")}
    keys, parts = ["group", "indicator", "year"], ["numerator", "denominator"]
    members = pd.DataFrame([(key, one) for key, group in groups.items() for one in group], columns=["group", "ags"])
    secret = values[(values["status"] == "secret") & values["indicator"].isin(kinds)]
    hidden = secret[["indicator", "ags", "year"]].merge(members, on="ags")
    here = values.merge(secret[["indicator", "year"]].drop_duplicates(), on=["indicator", "year"])
    pooled = here[here["ags"].isin(groups)].rename(columns={"ags": "group"}).set_index(keys)[parts]
    own = here[here["status"] == "ok"].merge(members, on="ags").groupby(keys)[parts].sum()
    concerned = pooled.index.intersection(pd.MultiIndex.from_frame(hidden[keys]).unique())
    left = pooled.loc[concerned] - own.reindex(concerned).fillna(0)
    for (group, id, year), gap in left[(left.abs() > _NEAR).any(axis=1)].iterrows():
        inside = hidden.loc[(hidden[keys] == [group, id, year]).all(axis=1), "ags"]
        for _, part, terms, shift in _sums({id: indicators[id]}):
            unknown = [
                (web.numbers[name], factor)
                for ags in inside
                for variable, factor in terms.items()
                if (name := (variable, ags, str(year - shift))) in web.numbers
            ]
            if unknown:
                web.state(unknown, gap[part] - _NEAR, gap[part] + _NEAR, (id, group, str(year), part))


def refuse_betrayed(found: pd.DataFrame) -> None:
    """Raises ReleaseRefused for every secret official cell that our own figures narrow; `found` of `audit_official`."""
    problems = [
        Problem(
            f"official figures of {row.ags}",
            0,
            row.variable,
            "a secret official figure can be worked out from derived figures",
            str(row.year),
            "derived figures of open cells only",
            f"look at {row.why}",
            "secret-open",
        )
        for row in found[found["by"] == "figures"].itertuples()
    ]
    if problems:
        raise ReleaseRefused(problems)
