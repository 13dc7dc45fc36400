"""Which caveats of an indicator concern what is shown, and short labels for legends on narrow screens."""

import re
import textwrap
from collections.abc import Iterable

from transferbuch.report.absence import absence_of
from transferbuch.report.numbers import listed, year_spans
from transferbuch.report.slice_model import Indicator, Slice

_LEGEND_WIDTH = 34
"""Characters of one line in a legend; wider ones are cut on a screen of 390 pixels."""
_BEGINS_WITH_YEARS = re.compile(
    r"(?P<word>Bis |Für |In )?(?P<first>(?:19|20)\d\d)(?: (?:und|bis) (?P<last>(?:19|20)\d\d))?\b"
)


def caveats_for(indicator: Indicator, first: int, last: int, regions: Iterable[str] = ()) -> list[str]:
    """The caveats of `indicator` for the years `first` to `last` and the shown `regions`.

    Left out are only those that begin with years that all lie outside ("Bis 2010 …", "2015 prägt …"); years inside
    a sentence prove nothing. A change and an older denominator reach further back than the years shown.
    """
    reach = first - max(indicator.years, indicator.denominator_years_before)
    general = [caveat for caveat in indicator.caveats if _concerns(caveat, reach, last)]
    regional = [caveat for caveat in regional_caveats(indicator, regions) if _concerns(caveat, reach, last)]
    return [*general, *regional]


def regional_caveats(indicator: Indicator, regions: Iterable[str]) -> list[str]:
    """Caveats that concern some of these regions only; a combined territory has those of its members."""
    shown = {member for ags in regions for member in ags.split("+")}
    return [text for concerned, text in indicator.regional_caveats if concerned & shown]


def _concerns(caveat: str, first: int, last: int) -> bool:
    found = _BEGINS_WITH_YEARS.match(caveat)
    if not found:
        return True
    until = int(found["last"] or found["first"])
    since = 0 if found["word"] == "Bis " else int(found["first"])
    return since <= last and until >= first


def absence_notes(data: Slice, indicator: Indicator, years: Iterable[int]) -> list[str]:
    """Which years have no own value and why, in one note; [] when every year has one."""
    reasons: dict[str, list[int]] = {}
    for year in years:
        if absence := absence_of(data, indicator, data.ags, year):
            reasons.setdefault(absence.meaning, []).append(year)
    if not reasons:
        return []
    parts = "; ".join(f"{year_spans(absent)} ({meaning})" for meaning, absent in reasons.items())
    return [f"Ohne Wert für {data.own.accusative}: {parts}. Dort ist keine Linie gezeichnet."]


def checked_notes(data: Slice, indicator: Indicator, first: int, last: int) -> list[str]:
    """One note per own figure of the indicator that was accepted after a check; a stopped one is told as absent."""
    terms = {*indicator.above, *indicator.denominator}
    return [
        f"{one.year} fiel eine Zahl in der Prüfung auf und wurde als richtig abgenommen: {one.reason}"
        for one in data.findings
        if one.accepted and one.variable in terms and first <= one.year <= last
    ]


def denominator_note(indicators: Iterable[Indicator]) -> list[str]:
    """The note for indicators whose denominator is a year older than the value; [] when there are none."""
    older = [one for one in indicators if one.denominator_years_before == 1]
    population = all(any(code.startswith("12411") for code in one.tables) for one in older)
    what = "die Bevölkerung am 31. Dezember des Vorjahres" if population else "der Wert des Vorjahres"
    return [f"Nenner ist {what}."] if older else []


def by_title(
    indicators: Iterable[Indicator], told: Iterable[str] = (), regions: Iterable[str] = (), general: bool = True
) -> list[str]:
    """All caveats of these indicators, each once, behind the titles they belong to: "„A“ und „B“: caveat".

    With `regions` those of these regions too; `general=False`: only these.

    Caveats in `told` are left out; caveats of the same indicators share one entry; what belongs to all of several
    indicators has no titles.
    """
    indicators, told, regions = list(indicators), set(told), list(regions)
    titles: dict[str, list[str]] = {}
    for one in indicators:
        for caveat in (*(one.caveats if general else ()), *regional_caveats(one, regions)):
            if caveat not in told:
                titles.setdefault(caveat, []).append(f"„{one.title}“")
    entries: dict[tuple[str, ...], list[str]] = {}
    for caveat, names in titles.items():
        entries.setdefault(tuple(names), []).append(caveat)
    return [
        " ".join(caveats if len(names) == len(indicators) > 1 else [f"{listed(names)}:", *caveats])
        for names, caveats in entries.items()
    ]


def wrapped(label: str) -> str:
    """A legend entry in lines that fit a narrow screen; Plotly breaks at `<br>` only."""
    return "<br>".join(textwrap.wrap(label, _LEGEND_WIDTH, break_long_words=False, break_on_hyphens=False))


def part_labels(titles: list[str]) -> list[str]:
    """What tells parts of a whole apart: words that all titles share at the beginning and the end are left out.

    "Anteil der Abgänge ohne …", "Anteil der Abgänge mit …" → "Ohne …", "Mit …". Titles that are no shares, or of
    which nothing would be left, stay as they are.
    """
    if len(titles) < 2 or not all(title.startswith("Anteil ") for title in titles):
        return titles
    parts = [title.split() for title in titles]
    while all(words and words[0] == parts[0][0] for words in parts):
        parts = [words[1:] for words in parts]
    while all(words and words[-1] == parts[0][-1] for words in parts):
        parts = [words[:-1] for words in parts]
    if not all(parts):
        return titles
    labels = [" ".join(words) for words in parts]
    return [label[0].upper() + label[1:] for label in labels]
