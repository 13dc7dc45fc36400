"""Why an edition is up to date or not: each input that changed since it was published, old and new."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transferbuch.editions.cache import Cache
from transferbuch.project import Project
from transferbuch.regions.keys import edition_folder
from transferbuch.report.slice_reader import OWN_FILE
from transferbuch.site.build_report import read_report
from transferbuch.site.edition import find_edition
from transferbuch.site.release import load_release
from transferbuch.site.tasks import SLICE, Tasks

_TABLES = {
    "values.parquet": ("indicator", "ags", "year"),
    "comparisons.parquet": ("indicator", "ags", "year", "reference"),
    "trends.parquet": ("indicator", "ags"),
    "population.parquet": ("ags", "variant", "year", "group"),
    OWN_FILE: ("dataset", "measure", "area", "period"),
}
"""Tables of a slice with the columns that name a row, as far as the table has them."""
_MOST = 10
"""Differences of one kind that are listed; the others are counted."""
_FORGOTTEN = "the cache no longer knows what else it was made of, so a build makes it again"


def explain_edition(project: Project, ags: str, data: str = "", gebietsstand: str = "", out: Path | None = None) -> str:
    """What a build would do with the edition `ags` of the site in `out`, and why; lines for people.

    Raises UsageError for an unknown key, PersonFileError and DataRefused as a build does. Writes nothing into the site.
    """
    out = out or project.build / "site"
    release = load_release(project, data, gebietsstand)
    edition = release.plan(only=(ags,))[0]
    folder = project.build / "explain" / edition.folder
    task = Tasks(release).task(edition, release.write_slice(folder, edition))
    name = f"{edition.ags} {edition.kreis.label}"
    before = read_report(out)
    known = {one.ags: one for one in before.editions if not one.failed} if before else {}
    if edition.ags not in known:
        return f"{name}: not in the site yet; a build makes it"
    former = known[edition.ags]
    if former.inputs == task.key:
        return f"{name}: up to date, nothing that it is made of has changed"
    old = find_edition(Cache(project.build / "cache"), former.inputs)
    lines = list(_changed(old.parts, task.parts)) if old else [_FORGOTTEN]
    if not old or old.parts.get(SLICE) != task.parts[SLICE]:
        lines += slice_changes(out / "kommunen" / edition_folder(edition.ags) / "daten" / "slice.zip", folder / "slice")
    return "\n".join([f"{name}: out of date", *(f"  {line}" for line in lines)])


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for part in sorted(old.keys() | new.keys()):
        if part != SLICE and old.get(part) != new.get(part):
            yield f"{part}: {old.get(part) or 'none'} → {new.get(part) or 'none'}"


def slice_changes(old: Path, new: Path) -> list[str]:
    """Differences between the published slice, a zip, and the one that would be written now, a folder."""
    lines: list[str] = []
    with zipfile.ZipFile(old) as archive:
        names = {name.removeprefix("slice/"): name for name in archive.namelist()}
        before = json.loads(archive.read(names["slice.json"]))
        now = json.loads((new / "slice.json").read_text(encoding="utf-8"))
        lines += _some([f"{place}: {was} → {value}" for place, was, value in _leaves(before, now)], "in slice.json")
        for table, keys in _TABLES.items():
            frames = [
                pd.read_parquet(io.BytesIO(archive.read(names[table]))) if table in names else None,
                pd.read_parquet(new / table) if (new / table).is_file() else None,
            ]
            lines += _some(list(_rows(table.removesuffix(".parquet"), keys, *frames)), f"in {table}")
        for name in sorted(names.keys() ^ {path.name for path in new.iterdir()}):
            lines.append(f"{name}: {'no longer' if name in names else 'new'} in the data slice")
    return lines


def _some(lines: list[str], where: str) -> list[str]:
    more = [f"… and {len(lines) - _MOST} more {where}"] if len(lines) > _MOST else []
    return lines[:_MOST] + more


def _leaves(old: Any, new: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Places in two JSON trees whose values differ, with both as text."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _leaves(old.get(key), new.get(key), f"{place}.{key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from _leaves(*pair, f"{place}[{number}]")
    elif old != new:
        yield place, *(json.dumps(one, ensure_ascii=False)[:120] for one in (old, new))


def _rows(table: str, keys: tuple[str, ...], old: pd.DataFrame | None, new: pd.DataFrame | None) -> Iterator[str]:
    """Cells of two versions of a table that differ, by the names of their rows."""
    if old is None or new is None:
        return
    keys = tuple(key for key in keys if key in old.columns and key in new.columns)
    both = old.astype(object).merge(new.astype(object), how="outer", on=list(keys), suffixes=(" old", " new"))
    for column in [one for one in new.columns if one in old.columns and one not in keys]:
        was, now = both[f"{column} old"], both[f"{column} new"]
        for number in both.index[(was != now) & ~(was.isna() & now.isna())]:
            row = " ".join(str(both.at[number, key]) for key in keys)
            yield f"{table} {row}: {column} {_text(was[number])} → {_text(now[number])}"


def _text(value: object) -> str:
    return "none" if pd.isna(value) else str(value)
