"""The portal: the book at the root with start page, transfer objects, indicators, methods, glossary.

`book/` is copied as it stands, for the public without what is internal; only the page of each indicator (from its YAML)
and the one on the quality of the data are generated. The list of editions is data on the start page, never navigation,
so the portal stays small however many editions there are.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import yaml

from transferbuch.data.stacking import as_texts
from transferbuch.data.store import DataPackage
from transferbuch.editions.fingerprints import catalogue_hash, code_hash, tree_hash
from transferbuch.editions.matches import takers_by_object
from transferbuch.project import Project
from transferbuch.reference_day import reference_day
from transferbuch.regions.keys import CombinedAGS, edition_folder
from transferbuch.regions.register import Kreis
from transferbuch.site.audience import NO_ROBOTS, banner_of
from transferbuch.site.book import BookSettings, build_book
from transferbuch.site.downloads import write_csv, write_parquet
from transferbuch.site.edition import PROPOSALS, footer_of
from transferbuch.site.indicator_page import write_indicator_page
from transferbuch.site.inputs import Inputs
from transferbuch.site.quality_page import QUALITY_PAGE, write_quality_page, write_quality_tables
from transferbuch.site.release import Release
from transferbuch.site.transfer_ext import size_class
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.reviews import overdue
from transferbuch.vocabulary import INTERNAL, INTERNAL_FOLDER

TITLE = "Transferbuch"
_OF_ONE_KREIS = ("Landkreis", "kreisfreie Stadt", "Stadt")
# columns of the published values: name, Frictionless type, German description
_VALUE_FIELDS = (
    ("indicator", "string", "Kennung der Kennzahl, siehe indikatoren.json"),
    (
        "ags",
        "string",
        "DG = Bund, 2 Stellen = Land, 5 Stellen = Kreis, mit + verbunden = mehrere Kreise zusammen",
    ),
    ("year", "integer", "Berichtsjahr"),
    ("time", "string", "Berichtszeit der amtlichen Tabelle, bei Stichtagen das Datum"),
    ("value", "number", "Wert in der Einheit der Kennzahl, ungerundet; leer ohne Zahl"),
    (
        "status",
        "string",
        "ok = Zahl; secret = unbekannt oder geheim; blocked = gesperrt; unreliable = nicht sicher genug; later = fällt "
        "später an; not_delivered = nicht geliefert; not_existing = Kreis bestand in heutiger Abgrenzung nicht; "
        "withheld = amtliche Zahl ist nachweislich falsch; not_convertible = nicht auf den Gebietsstand umrechenbar; "
        "implausible = von der Prüfung der Daten zurückgehalten; "
        "missing = liegt nicht vor",
    ),
    ("numerator", "number", "Zähler"),
    ("denominator", "number", "Nenner; leer, wenn die Formel keinen hat"),
    ("tables", "string", "amtliche Tabellen, durch Komma getrennt"),
    ("stand", "string", "jüngster Stand der verwendeten Tabellen"),
    ("files", "string", "Anfang der SHA-256-Prüfsummen der verwendeten Dateien, siehe sources"),
    (
        "territory",
        "string",
        "leer = wie veröffentlicht; sum = Summe ganzer früherer Kreise oder mehrerer Kreise; shares = mit amtlichen "
        "Anteilen auf den Gebietsstand umgerechnet, also geschätzt",
    ),
    ("low", "number", "unteres Ende des 95-%-Vertrauensbereichs; leer, wenn die Formel keinen hat"),
    ("high", "number", "oberes Ende des 95-%-Vertrauensbereichs"),
    ("members", "number", "Gruppen von Vergleichskreisen: Zahl der Kreise mit einem Wert; sonst leer"),
    ("kreise", "integer", "wie viele andere Kreise in diesem Jahr einen Wert haben; 0 bei weniger als zehn"),
    ("lower", "integer", "wie viele davon einen niedrigeren Wert haben"),
    ("equal", "integer", "wie viele davon den gleichen Wert haben"),
)


class Portal:
    """The portal for the given editions of a release; what of its making is also part of its inputs is made once."""

    def __init__(self, release: Release, editions: Iterable[str]) -> None:
        self._release, self.editions = release, sorted(editions)

    @cached_property
    def inputs(self) -> str:
        """Fingerprint of everything the portal depends on."""
        release = self._release
        project, values = release.project, release.computed.values
        shown = values[values["ags"].isin(self.editions)]
        parts = [
            tree_hash(project.book, leave_out="" if project.is_internal else INTERNAL_FOLDER),
            (project.root / "_toc.yml").read_text(encoding="utf-8"),
            catalogue_hash(project.is_internal),
            code_hash(),
            release.package.id,
            release.gebietsstand,
            ",".join(self.editions),
            str(pd.util.hash_pandas_object(shown, index=False).sum()),
            release.inputs.address,
            json.dumps(self._takers, sort_keys=True),
            ",".join(one.slug for one in overdue(release.inputs.objects, reference_day())),  # not the day: it moves on
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def build(self, out: Path) -> None:
        """Build it into `out`, beside the editions in `out/kommunen`. Raises PersonFileError for a faulty page."""
        release, editions = self._release, self.editions
        project, inputs, package, computed = release.project, release.inputs, release.package, release.computed
        values = computed.values
        source = project.build / "work" / "portal"
        shutil.rmtree(source, ignore_errors=True)
        _copy_book(project, source)
        by_indicator = values.groupby("indicator", sort=False)
        laender = {ags[:2] for ags in values["ags"].unique()}
        for indicator in inputs.indicators.values():
            page = source / "indikatoren" / f"{indicator.id}.md"
            known = indicator.id in by_indicator.indices
            own = replace(computed, values=as_texts(by_indicator.get_group(indicator.id) if known else values.head(0)))
            write_indicator_page(page, indicator, inputs, package, own, editions, laender)
        write_quality_page(source / f"{QUALITY_PAGE}.md", inputs, package, computed)
        internal_pages = [page.name for page in inputs.pages if page.access == INTERNAL]
        toc = yaml.safe_load((project.root / "_toc.yml").read_text(encoding="utf-8"))
        (source / "_toc.yml").write_text(
            yaml.safe_dump(portal_toc(toc, list(inputs.indicators), internal_pages), allow_unicode=True),
            encoding="utf-8",
        )
        fictional = bool(editions) and all(inputs.kreis(ags).ags.is_fictional for ags in editions)
        build_book(
            source,
            out,
            BookSettings(
                title=TITLE,
                banner=banner_of(project.audience, fictional),
                footer=footer_of(project.audience, fictional, values["stand"].unique()),
                robots=NO_ROBOTS if project.is_internal else "",
                search_label="Im Transferbuch suchen",
                extensions=("transferbuch.site.portal_ext",),
                config_values={
                    "transferbuch_editions": json.dumps(_editions(editions, inputs), ensure_ascii=False),
                    "transferbuch_indicators": inputs.indicators,
                    "transferbuch_objects": inputs.objects,
                    "transferbuch_sizes": _giver_sizes(inputs.objects.values(), values),
                    "transferbuch_takers": self._takers,
                    "html_baseurl": inputs.address,
                },
                keep=("kommunen",),
            ),
        )
        _write_data(out / "daten", inputs, package, values, editions)
        write_quality_tables(out / "daten", inputs, computed)

    @cached_property
    def _takers(self) -> dict[str, list[tuple[str, str]]]:
        """Slug → (page, name) of the editions of this site that propose the object, where it fits well."""
        release = self._release
        if not self.editions:
            return {}
        settings = release.matcher.settings
        plan = {one.ags: one for one in release.plan(only=tuple(self.editions))}
        with_page = [one for one in plan.values() if any(chapter.name == PROPOSALS for chapter in one.chapters)]
        found = {one.ags: release.matches_of(one)[1] for one in with_page}
        return {
            slug: [(f"{plan[ags].folder}/{PROPOSALS}.html", plan[ags].kreis.label) for ags in takers]
            for slug, takers in takers_by_object(found, settings.first, settings.least_score).items()
        }


def _copy_book(project: Project, source: Path) -> None:
    """Copy `book/` as far as the audience may see it; internal transfer objects come to lie beside the others."""
    left_out = [".*"] if project.is_internal else [".*", INTERNAL_FOLDER]
    shutil.copytree(project.book, source, ignore=shutil.ignore_patterns(*left_out))
    hidden = source / "transfer" / INTERNAL_FOLDER
    for path in hidden.glob("*.md"):
        path.rename(hidden.parent / path.name)
    shutil.rmtree(hidden, ignore_errors=True)


def _giver_sizes(objects: Iterable[TransferObject], values: pd.DataFrame) -> dict[str, str]:
    """Class of the latest population of the giver's Kreis, by slug; without givers of other kinds and unknown figures.

    A Kreis that was dissolved has no figure of today and is left out.
    """
    known = values[(values["indicator"] == "count_population") & (values["status"] == "ok")].sort_values("year")
    latest = known.groupby("ags")["value"].last()
    kreise = {one.slug: one.giver.ags[0][:5] for one in objects if one.giver.type in _OF_ONE_KREIS}
    return {slug: size_class(latest[ags]) for slug, ags in kreise.items() if ags in latest.index}


def portal_toc(toc: dict, indicators: list[str], internal_pages: Iterable[str] = (), generated: bool = True) -> dict:
    """The root's table of contents as seen from inside `book/`, with the generated pages; internal ones at the end.

    `generated`: with the page on the quality of the data.
    """

    def inside(entry: dict) -> dict:
        found = {
            key: value for key, value in entry.items() if key not in ("file", "glob", "sections", "chapters", "parts")
        }
        for key in ("file", "glob"):
            if key in entry:
                found[key] = entry[key].removeprefix("book/")
        for key in ("sections", "chapters", "parts"):
            if key in entry:
                found[key] = [inside(child) for child in entry[key]]
        if found.get("file") == "indikatoren/index":
            found["sections"] = [
                *found.get("sections", []),
                *({"file": f"indikatoren/{one}"} for one in indicators),
            ]
        if found.get("file") == "methodik/index" and generated:
            found["sections"] = [*found.get("sections", []), {"file": QUALITY_PAGE}]
        return found

    contents = {
        "root": toc["root"].removeprefix("book/"),
        **inside({key: value for key, value in toc.items() if key != "root"}),
    }
    if hidden := [{"file": page} for page in internal_pages]:
        contents["chapters"] = [*contents.get("chapters", []), *hidden]
    return contents


def _editions(editions: list[str], inputs: Inputs) -> list[dict[str, str]]:
    return [
        {
            "ags": ags,
            "folder": edition_folder(ags),
            "name": inputs.kreis(ags).label,
            "land": inputs.register.land_name(inputs.kreis(ags).land),
            "kind": kind_of(inputs.kreis(ags)),
        }
        for ags in editions
    ]


def kind_of(kreis: Kreis | None) -> str:
    """What the list of editions calls the kind; None: no single Kreis."""
    if kreis is None or isinstance(kreis.ags, CombinedAGS):
        return "mehrere Kreise zusammen"
    return "kreisfreie Stadt" if kreis.is_city else "Landkreis"


def _write_data(folder: Path, inputs: Inputs, package: DataPackage, values: pd.DataFrame, editions: list[str]) -> None:
    """All values of the site's editions as one table with a Frictionless description."""
    folder.mkdir(parents=True, exist_ok=True)
    laender = {str(inputs.kreis(ags).land) for ags in editions}
    shown = values[values["ags"].isin({*editions, *laender, "DG"})].sort_values(["indicator", "ags", "year"])
    table = pa.Table.from_pandas(shown, preserve_index=False)
    write_csv(table, folder / "werte.csv")
    write_parquet(table, folder / "werte.parquet")
    indicators = [one.model_dump(mode="json") for one in inputs.indicators.values()]
    (folder / "indikatoren.json").write_text(
        json.dumps(indicators, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    used = {mark for files in shown["files"].unique() for mark in files.split(",") if mark}
    schema = {"fields": [dict(zip(("name", "type", "description"), one, strict=True)) for one in _VALUE_FIELDS]}
    resources = [
        {
            "name": Path(name).stem + "-" + Path(name).suffix[1:],
            "path": name,
            "format": Path(name).suffix[1:],
            "bytes": (folder / name).stat().st_size,
            "hash": "sha256:" + hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            **({"dialect": {"delimiter": ";"}} if name.endswith(".csv") else {}),
            **({"schema": schema} if name.startswith("werte") else {}),
        }
        for name in ("werte.csv", "werte.parquet", "indikatoren.json")
    ]
    content = {
        "profile": "data-package",
        "name": "transferbuch-werte",
        "id": package.id,
        "title": "Werte der Kennzahlen aller Ausgaben",
        "resources": resources,
        "sources": [
            {
                "title": f"{table.attribution or 'ohne Angabe'} – Tabelle {table.table}, "
                f"Stand {table.stand or 'ohne Angabe'}",
                "file": table.file,
                "sha256": table.sha256,
                "licence": table.licence,
            }
            for table in package.tables
            if table.sha256[:12] in used
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
