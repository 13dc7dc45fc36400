"""The register of the Kreise: key, official name, kind, Land, from when to when, and what came after.

Stated in `catalogue/register/*.csv`, whose heads name the official source (Destatis, GV-ISys and
Gebietsänderungen); `modellregion.csv` holds the fictional Land 99. Regions below and above the Kreis are
not in the register, except the names of the Länder.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import read_person_text
from transferbuch.regions.keys import AGS, MODEL_LAND, CombinedAGS, KreisAGS

Kind = Literal["Landkreis", "Kreis", "Kreisfreie Stadt", "Stadtkreis", "Regionalverband"]
COLUMNS = ("ags", "name", "kind", "land", "valid_from", "valid_to", "successors", "formed_out_of")
REGISTER_BEGIN, REGISTER_STAND = date(1995, 1, 1), date(2026, 1, 1)
"""The days between which the register knows every Kreis; its head names the second one."""
KIND_WORD = re.compile(r"(kreis|region|regionalverband)$", re.IGNORECASE)  # ends the noun that heads a name
LAENDER = {
    "01": "Schleswig-Holstein", "02": "Hamburg", "03": "Niedersachsen", "04": "Bremen",
    "05": "Nordrhein-Westfalen", "06": "Hessen", "07": "Rheinland-Pfalz", "08": "Baden-Württemberg",
    "09": "Bayern", "10": "Saarland", "11": "Berlin", "12": "Brandenburg", "13": "Mecklenburg-Vorpommern",
    "14": "Sachsen", "15": "Sachsen-Anhalt", "16": "Thüringen", MODEL_LAND: "Modellland",
}  # fmt: skip


@dataclass(frozen=True)
class Kreis:
    """One Landkreis or one kreisfreie Stadt under one key; a reform that changes the key makes a new one.

    `name` is the official name without a word for the kind in front ("Börde", "Burgenlandkreis"); it is not
    unique (Rostock is a Stadt and a Landkreis). `valid_from` None: since 1995 or earlier; `valid_to` is the
    last day, None: exists at the Gebietsstand of the register. `successors` is empty exactly for these. `formed_out_of`
    names Kreise that go on without the Gemeinden of this one (Hanau was formed out of the Main-Kinzig-Kreis).

    Official series also give figures recalculated to a key for years before its `valid_from`: the dates tell
    why a figure may be missing, never that a published figure is wrong.
    """

    ags: KreisAGS | CombinedAGS
    name: str
    kind: Kind
    land: AGS
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[KreisAGS, ...] = ()
    formed_out_of: tuple[KreisAGS, ...] = ()

    def exists_on(self, day: date) -> bool:
        """Whether the Kreis existed on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def is_dissolved(self) -> bool:
        """True when the key is no longer in use."""
        return self.valid_to is not None

    @property
    def is_city(self) -> bool:
        """True for a kreisfreie Stadt or a Stadtkreis, Hamburg and Berlin included."""
        return self.kind in ("Kreisfreie Stadt", "Stadtkreis")

    @property
    def label(self) -> str:
        """Name with its kind, without article: "Landkreis Börde", "Burgenlandkreis", "Stadt Halle (Saale)".

        Hamburg and Berlin (02000, 11000) stay bare, because they are Land and Kreis in one; Bremen is not.
        """
        if self.is_city:
            return self.name if self.ags.endswith("000") else f"Stadt {self.name}"
        return self.name if any(map(KIND_WORD.search, self.name.split())) else f"{self.kind} {self.name}"


def combine(key: CombinedAGS, name: str) -> Kreis:
    """Several Kreise as one territory with its own name, whose head noun says its kind: "Bildungsregion Coburg"."""
    return Kreis(key, name, "Landkreis", key.land)


class Register:
    """All Kreise by key: `register["15084"]`; `in`, `get`, `len` and iteration (by key) work too."""

    def __init__(self, kreise: dict[KreisAGS, Kreis]):
        self._kreise = dict(sorted(kreise.items()))

    def __getitem__(self, ags: str) -> Kreis:
        return self._kreise[ags]  # type: ignore[index]

    def __contains__(self, ags: object) -> bool:
        return ags in self._kreise

    def __iter__(self) -> Iterator[Kreis]:
        return iter(self._kreise.values())

    def __len__(self) -> int:
        return len(self._kreise)

    def get(self, ags: str) -> Kreis | None:
        """The Kreis with this key, None if no register knows it."""
        return self._kreise.get(ags)  # type: ignore[call-overload]

    def kreise(self, land: str | None = None, on: date | None = None) -> list[Kreis]:
        """Kreise sorted by key; `on` keeps those that existed on this day, without it dissolved ones stay in.

        Without `land` all of Germany. The fictional Kreise come only when asked for by `land="99"`, so that
        they cannot slip in among real ones.
        """
        found = [kreis for kreis in self if (kreis.land == land if land else not kreis.ags.is_fictional)]
        return [kreis for kreis in found if on is None or kreis.exists_on(on)]

    def current(self, land: str | None = None) -> list[Kreis]:
        """Kreise that exist at the Gebietsstand of the register, sorted by key; `land` as in `kreise`."""
        return [kreis for kreis in self.kreise(land) if not kreis.is_dissolved]

    def laender(self) -> dict[AGS, str]:
        """Names of the 16 Länder and of the model region, by key."""
        return {AGS(key): name for key, name in LAENDER.items()}

    def land_name(self, land: str) -> str:
        """Name of a Land without article; KeyError if there is no such Land."""
        return LAENDER[land]

    def nearest(self, ags: str) -> str:
        """Advice for a key that the register does not know, naming the most similar one."""
        near = get_close_matches(ags, self._kreise, n=1, cutoff=0.6)
        if not near:
            return "look the key up in src/transferbuch/catalogue/register/kreise.csv"
        return f"did you mean {str(near[0])!r} ({self[near[0]].label})?"


@cache
def load_register(folder: Path = CATALOGUE / "register") -> Register:
    """All Kreise of all CSV files in `folder`. Raises PersonFileError with every fault of every file."""
    kreise: dict[KreisAGS, Kreis] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.csv")):
        file = f"catalogue/register/{path.name}"
        for line, row in _read_rows(path, file, problems):
            kreis = _kreis(row, file, line, problems)
            if kreis is None:
                continue
            if kreis.ags in kreise:
                first = "{}:{}".format(*places[kreis.ags])
                problems.append(
                    Problem(
                        file,
                        line,
                        "ags",
                        f"the key is already given in {first}",
                        kreis.ags,
                        "each key once",
                        "remove one of the two lines",
                        "duplicate-id",
                    )
                )
                continue
            kreise[kreis.ags], places[kreis.ags] = kreis, (file, line)
    for kreis in kreise.values():
        problems += _check_successors(kreis, kreise, *places[kreis.ags])
        problems += _check_origin(kreis, kreise, *places[kreis.ags])
    if problems:
        raise PersonFileError(sorted(problems))
    return Register(kreise)


def _read_rows(path: Path, file: str, problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """(line number, cells by column) of each data row; comments and the header row are left out."""
    lines = [
        (number, text)
        for number, text in enumerate(read_person_text(path, file).split("\n"), 1)
        if text.strip() and not text.startswith("#")
    ]
    rows = list(
        zip((number for number, _ in lines), csv.reader((text for _, text in lines), delimiter=";"), strict=True)
    )
    if not rows or tuple(rows[0][1]) != COLUMNS:
        number, header = rows[0] if rows else (0, [])
        problems.append(
            Problem(
                file, number, "", "the header row is wrong", ";".join(header), ";".join(COLUMNS), code="register-header"
            )
        )
        return []
    found = []
    for number, cells in rows[1:]:
        if len(cells) == len(COLUMNS):
            found.append((number, dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))))
        else:
            problems.append(
                Problem(
                    file,
                    number,
                    "",
                    f"the row has {len(cells)} cells",
                    ";".join(cells),
                    f"{len(COLUMNS)} cells",
                    "look for a missing or extra ';'",
                    "register-row",
                )
            )
    return found


def _kreis(row: dict[str, str], file: str, line: int, problems: list[Problem]) -> Kreis | None:
    """The Kreis of one row, or None after its faults were added to `problems`."""
    before = len(problems)

    def fault(field: str, what: str, expected: str = "") -> None:
        problems.append(Problem(file, line, field, what, row[field], expected, code="register-value"))

    def day(field: str) -> date | None:
        if not row[field]:
            return None
        try:
            return date.fromisoformat(row[field])
        except ValueError:
            fault(field, "is not a date", "YYYY-MM-DD or empty")
            return None

    def key(field: str, text: str) -> KreisAGS | None:
        try:
            return KreisAGS(text)
        except ValueError as error:
            fault(field, str(error))
            return None

    ags = key("ags", row["ags"])
    successors = [key("successors", text) for text in row["successors"].split()]
    formed_out_of = [key("formed_out_of", text) for text in row["formed_out_of"].split()]
    valid_from, valid_to = day("valid_from"), day("valid_to")
    if not row["name"]:
        fault("name", "the name is missing")
    if row["kind"] not in get_args(Kind):
        fault("kind", "unknown value", f"one of {', '.join(get_args(Kind))}")
    if ags and row["land"] != ags.land:
        fault("land", "the Land does not fit the key", ags.land)
    if valid_from and valid_to and valid_to < valid_from:
        fault("valid_to", "ends before it begins", f"a day after {valid_from}")
    if len(problems) > before:
        return None
    return Kreis(  # type: ignore[arg-type]
        ags, row["name"], row["kind"], ags.land, valid_from, valid_to, tuple(successors), tuple(formed_out_of)
    )


def _check_successors(kreis: Kreis, kreise: dict[KreisAGS, Kreis], file: str, line: int) -> list[Problem]:
    """A dissolved Kreis has successors that exist on the day after its last; an existing one has none."""

    def fault(what: str, expected: str) -> Problem:
        return Problem(file, line, "successors", what, " ".join(kreis.successors), expected, code="register-successor")

    if kreis.valid_to is None:
        exists = "an existing Kreis has successors"
        return [fault(exists, "none, or a last day in valid_to")] if kreis.successors else []
    if not kreis.successors:
        return [fault("the dissolved Kreis has no successor", "at least one key")]
    after = date.fromordinal(kreis.valid_to.toordinal() + 1)
    return [
        fault(f"{key} did not exist on {after}", "keys of Kreise that existed on the day after")
        for key in kreis.successors
        if key not in kreise or not kreise[key].exists_on(after)
    ]


def _check_origin(kreis: Kreis, kreise: dict[KreisAGS, Kreis], file: str, line: int) -> list[Problem]:
    """A Kreis formed out of others has a first day, on which they go on, and which they saw the day before."""
    days = (kreis.valid_from - timedelta(days=1), kreis.valid_from) if kreis.valid_from else ()
    return [
        Problem(
            file,
            line,
            "formed_out_of",
            f"{key} did not go on under its key when this Kreis was formed",
            " ".join(kreis.formed_out_of),
            "Kreise that existed on the day before valid_from and on that day",
            code="register-origin",
        )
        for key in kreis.formed_out_of
        if not days or key not in kreise or not all(kreise[key].exists_on(day) for day in days)
    ]
