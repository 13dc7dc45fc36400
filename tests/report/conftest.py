"""Small data slices in the real form (see `transferbuch.editions.slice`), made from a few readable rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from transferbuch.report.slice_model import Slice
from transferbuch.report.slice_reader import OWN_COLUMNS, read_slice

COLUMNS = [
    "indicator",
    "ags",
    "year",
    "time",
    "value",
    "status",
    "numerator",
    "denominator",
    "tables",
    "stand",
    "files",
    "territory",
    "low",
    "high",
    "kreise",
    "lower",
    "equal",
]
COMPARISONS = {"indicator": str, "year": int, "other": str, "position": str, "stands_out": bool}
POPULATION = {"ags": str, "variant": str, "group": str, "year": int, "count": float}
TRENDS = {"indicator": str, "first": int, "last": int, "points": int, "direction": str}
TRENDS |= {"slope": float, "slope_low": float, "slope_high": float, "reason": str}
COMPARED = {
    "chosen": False,
    "peers": [],
    "type": "",
    "cluster": {"name": "", "size": 0, "between": ""},
    "missing": 0,
    "context": {},
}
NO_NEEDS = {
    "indicators": [],
    "looked_at": [],
    "fields": {},
    "phases": {},
    "components": {},
    "focus": [],
    "overruled": [],
}
LEAVERS = "share_leavers_without_certificate_pct"
_NAMES = {
    "15084": ("Burgenlandkreis", "Landkreis"),
    "15088": ("Saalekreis", "Landkreis"),
    "15083": ("Börde", "Landkreis"),
    "15002": ("Halle (Saale)", "Kreisfreie Stadt"),
    "03241": ("Region Hannover", "Landkreis"),
    "05378": ("Rheinisch-Bergischer Kreis", "Kreis"),
    "02000": ("Hamburg", "Kreisfreie Stadt"),
    "10041": ("Regionalverband Saarbrücken", "Regionalverband"),
    "09463+09473": ("Bildungsregion Coburg", "Region"),
    "99052": ("Mittlerer Auenkreis", "Landkreis"),
    "02": ("Hamburg", "Land"),
    "03": ("Niedersachsen", "Land"),
    "09": ("Bayern", "Land"),
    "05": ("Nordrhein-Westfalen", "Land"),
    "10": ("Saarland", "Land"),
    "15": ("Sachsen-Anhalt", "Land"),
    "99": ("Modellland", "Land"),
}


def record(id: str = LEAVERS, kind: str = "share", **changes: Any) -> dict[str, Any]:
    """An indicator's record; the default is the share of leavers without certificate."""
    formula = {
        "kind": kind,
        "numerator": ["a"],
        "minus": [],
        "denominator": ["b"],
        "denominator_years_before": 0,
        "per": changes.pop("per", 1),
        "years": changes.pop("years", 0),
    }
    base = {
        "id": id,
        "title": "Anteil der Abgänge ohne Hauptschulabschluss",
        "phrase": "der Anteil der Abgänge ohne Hauptschulabschluss",
        "definition": "Abgänge ohne Abschluss.",
        "chapter": "allgemeinbildende-schulen",
        "position": 1,
        "formula": formula,
        "unit": "%",
        "decimals": 1,
        "polarity": "low_is_good",
        "role": "result",
        "caveats": ["Nachgeholte Abschlüsse zählen nicht."],
        "tables": ["21111-02-06-4"],
    }
    return {**base, **changes}


def table(code: str = "21111-02-06-4", period: str = "school_year", **changes: Any) -> dict[str, dict[str, Any]]:
    """Provenance of one table with two deliveries: aaa of 2018, bbb of 2025."""
    base = {
        "title": "Absolvierende/Abgehende",
        "statistic": "Statistik der allgemeinbildenden Schulen",
        "period": period,
        "stand": "2025-03-13",
        "licence": "dl-de/by-2-0",
        "url": "https://www.regionalstatistik.de",
        "attribution": "© Statistische Ämter des Bundes und der Länder, Deutschland, 2025",
        "caveats": ["Das Jahr ist das Jahr, in dem das Schuljahr endet."],
        "variables": [],
        "breaks": [],
        "files": [
            {"file": "alt.csv", "sha256": "a" * 64, "stand": "2018-02-24"},
            {"file": "neu.csv", "sha256": "b" * 64, "stand": "2025-03-13"},
        ],
    }
    return {code: {**base, **changes}}


def series_break(since: int, what: str, until: int | None = None, **changes: Any) -> dict[str, Any]:
    """A declared break as slice.json holds it; the default is a lasting one for all Länder and variables."""
    base = {"kind": "census", "detail": "Einzelheit.", "source": "Fußnote", "laender": [], "variables": []}
    return {"since": str(since), "until": str(until or ""), "what": what, **base, **changes}


CENSUS = [series_break(2011, "der Zensus 2011"), series_break(2022, "der Zensus 2022")]


def row(
    ags: str,
    year: int,
    value: float | None = None,
    top: float | None = None,
    bottom: float | None = None,
    *,
    status: str = "",
    indicator: str = LEAVERS,
    time: str = "",
    tables: str = "21111-02-06-4",
    file: str = "b",
    territory: str = "",
    low: float | None = None,
    high: float | None = None,
    place: tuple[int, int, int] = (0, 0, 0),
) -> dict[str, Any]:
    """One value; a share is computed from `top` and `bottom` if no value is given, a status means no number."""
    if value is None and top is not None and bottom and not status:
        value = 100 * top / bottom
    return {
        "indicator": indicator,
        "ags": ags,
        "year": year,
        "time": time or str(year),
        "value": None if status else value,
        "status": status or "ok",
        "numerator": top,
        "denominator": bottom,
        "tables": tables,
        "stand": "2025-03-13",
        "files": file * 12,
        "territory": territory,
        "low": low,
        "high": high,
        **dict(zip(("kreise", "lower", "equal"), place, strict=True)),
    }


@pytest.fixture
def make_slice(tmp_path: Path) -> Callable[..., Path]:
    """Writes a slice folder: `make_slice(rows, ags="15084", peers=[…], indicators=[…], tables={…},
    comparisons=[…], trends=[…], **content)`."""

    def make(
        rows: list[dict[str, Any]],
        ags: str = "15084",
        peers: list[str] | None = None,
        indicators: list[dict[str, Any]] | None = None,
        tables: dict[str, dict[str, Any]] | None = None,
        comparisons: list[tuple[str, int, str, str, bool]] | None = None,
        trends: list[tuple] | None = None,
        population: list[tuple] | None = None,
        own_cells: list[tuple] | None = None,
        **content: Any,
    ) -> Path:
        folder = tmp_path / "slice"
        folder.mkdir(exist_ok=True)
        land, peers = ags[:2], sorted(peers or [])
        fictional = land == "99"
        names = {key: {"name": _NAMES[key][0], "kind": _NAMES[key][1]} for key in (ags, land, *peers)}
        names["DG"] = {"name": "Modellbund" if fictional else "Deutschland", "kind": "Bund"}
        described = {
            "format": 4,
            "ags": ags,
            "fictional": fictional,
            "data_files": "0123456789abcdef",
            "gebietsstand": "2025-12-31",
            "formed_from": {},
            "moves": [],
            "land": land,
            "peers": peers,
            "names": names,
            "parameters": {"ags": ags},
            "indicators": indicators or [record()],
            "tables": tables or table(),
            "needs": NO_NEEDS,
            "transfer": [],
            "context": [],
            "compared": COMPARED,
            "outlook": {"assumptions": {}, "backtest": [], "errors": []},
            **content,
        }
        (folder / "slice.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
        numbers = ("value", "numerator", "denominator", "low", "high")
        pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(numbers, "float64")).to_parquet(
            folder / "values.parquet"
        )
        if own := content.get("own_data"):
            cells = own_cells or [
                (one["id"], "people", one["level"], "01", "", "2024", 1.0, "1", "ok", "") for one in own
            ]
            pd.DataFrame(cells, columns=list(OWN_COLUMNS)).to_parquet(folder / "own.parquet")
        for name, columns, given in (
            ("comparisons", COMPARISONS, comparisons),
            ("trends", TRENDS, trends),
            ("population", POPULATION, population),
        ):
            frame = pd.DataFrame(given or [], columns=list(columns)).astype(columns)
            frame.to_parquet(folder / f"{name}.parquet")
        return folder

    return make


@pytest.fixture
def load(make_slice: Callable[..., Path]) -> Callable[..., Slice]:
    """Like `make_slice`, but read again."""
    return lambda *args, **kwargs: read_slice(make_slice(*args, **kwargs))


BURGENLAND = [
    *(
        row("15084", year, top=top, bottom=bottom, file="a")
        for year, top, bottom in [(2013, 150, 1455), (2014, 161, 1441), (2015, 174, 1429)]
    ),
    row("15084", 2023, top=240, bottom=1587),
    row("15", 2015, 10.6, file="a"),
    row("15", 2023, 12.7),
    row("DG", 2015, 5.6, file="a"),
    row("DG", 2023, 7.1),
    row("15088", 2023, top=135, bottom=1470),
    row("15083", 2023, 9.4),
    row("15002", 2023, status="secret"),
]
"""The Burgenlandkreis with the gap of the official series between 2015 and 2023."""


def spaces(text: str) -> str:
    """Ordinary spaces in place of no-break spaces, so that expectations stay readable."""
    return text.replace("\u00a0", " ")
