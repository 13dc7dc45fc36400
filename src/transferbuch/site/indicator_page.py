"""The portal's page of one indicator, generated from its YAML: meaning, formula, source, limits, latest values."""

from collections.abc import Collection
from html import escape
from pathlib import Path

import pandas as pd

from transferbuch.data.corrections import Correction
from transferbuch.data.findings import RULES
from transferbuch.data.sources import Break
from transferbuch.data.store import DataPackage
from transferbuch.editions.values import Computed
from transferbuch.indicators.catalogue import Formula, Indicator
from transferbuch.regions.keys import edition_folder
from transferbuch.regions.names import capitalised
from transferbuch.report.numbers import count, date_short, listed, number, quantity
from transferbuch.report.territory import SIGNS, legend_of_marks
from transferbuch.site.inputs import Inputs
from transferbuch.site.quality_page import region_label, review_text

_POLARITY = {
    "low_is_good": "Ein niedriger Wert gilt als günstig.",
    "high_is_good": "Ein hoher Wert gilt als günstig.",
    "no_judgement": "Der Wert wird nicht bewertet.",
}
_ROLE = {"context": "Rahmenbedingung", "process": "Verlauf", "result": "Ergebnis", "return": "Ertrag"}


def write_indicator_page(
    path: Path,
    indicator: Indicator,
    inputs: Inputs,
    package: DataPackage,
    computed: Computed,
    editions: list[str],
    laender: Collection[str],
) -> None:
    """Write the Markdown page of one indicator, whose values alone `computed` holds; `laender`: keys of those that the
    data know."""
    values = computed.values
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = {variable.id: variable.label for source in inputs.sources.values() for variable in source.variables}
    shown = values[(values["status"] == "ok") & values["ags"].isin(editions)]
    used = {mark for files in shown["files"].unique() for mark in files.split(",")}
    neutral = " Er beschreibt Rahmenbedingungen." if indicator.role == "context" else ""
    judgement = _POLARITY[indicator.polarity] + (neutral if indicator.polarity == "no_judgement" else "")
    path.write_text(
        f"# {indicator.title}\n\n{indicator.definition}\n\n{judgement}\n\n"
        f"## Berechnung\n\n{formula_text(indicator.formula, labels)} Fehlt eine der Zahlen oder ist sie geheim, gibt "
        f"es keinen Wert; sie zählt nie als null.\n\n{_example(indicator, labels)}\n\n"
        f"## Quelle\n\n{_sources(indicator, inputs, package, used)}\n\n{_caveats(indicator, inputs)}"
        f"{breaks_text(indicator, inputs, laender)}{corrections_text(indicator, inputs, values, labels)}"
        f"{findings_text(indicator, inputs, computed, labels)}"
        f"{_examples_for(indicator, inputs)}## Werte\n\n{_values(indicator, inputs, shown, editions)}\n"
        f"## Einordnung und Pflege\n\n{_record(indicator)}\n",
        encoding="utf-8",
    )


def formula_text(formula: Formula, labels: dict[str, str]) -> str:
    """The formula in words: "100 × Abgänge ohne … ÷ Absolvierende und Abgehende insgesamt"."""

    def joined(plus: tuple[str, ...], minus: tuple[str, ...] = ()) -> str:
        text = " + ".join(f"„{labels[one]}“" for one in plus) + "".join(f" − „{labels[one]}“" for one in minus)
        return f"({text})" if len(plus) + len(minus) > 1 else text

    top, bottom = joined(formula.numerator, formula.minus), joined(formula.denominator)
    before = " des Vorjahres" if formula.denominator_years_before else ""
    if formula.kind == "value":
        return f"{top}, wie veröffentlicht."
    if formula.kind == "change":
        years = "einem Jahr" if formula.years == 1 else f"{formula.years} Jahren"
        return f"100 × ({top} ÷ {top} vor {years} − 1)."
    factor = {"share": "100 × ", "rate": f"{number(formula.per)} × ", "ratio": ""}[formula.kind]
    return f"{factor}{top} ÷ {bottom}{before}."


def _example(indicator: Indicator, labels: dict[str, str]) -> str:
    """The catalogue's example as a list: what is put in, what comes out."""
    given = []
    for variable, value in indicator.example.input.items():
        figures = value if isinstance(value, tuple) else (value,)
        texts = [number(figure, 0 if float(figure).is_integer() else 2) for figure in figures]
        given.append(f"„{labels[variable]}“ {' (früher) und '.join(texts)}{' (jetzt)' if len(texts) > 1 else ''}")
    result = quantity(indicator.example.expected, indicator.unit, indicator.decimals)
    return f"Rechenbeispiel mit erdachten Zahlen: {listed(given)} ergeben {result}."


def _sources(indicator: Indicator, inputs: Inputs, package: DataPackage, used: set[str]) -> str:
    """One line per table with the Stand of every file that a value of this site comes from."""
    lines = []
    for source in inputs.sources.values():
        if not any(variable.id in indicator.formula.variables for variable in source.variables):
            continue
        files = sorted(
            (one for one in package.tables if one.table in (source.table, *source.also) and one.sha256[:12] in used),
            key=lambda one: one.stand,
        )
        codes = listed(sorted({one.table for one in files})) or source.table
        stand = f", Stand {listed(date_short(day) for day in sorted({one.stand for one in files}))}" if files else ""
        newest = files[-1] if files else None
        attribution = (newest and newest.attribution) or f"© {source.publisher}, Deutschland"
        licence = (newest and newest.licence) or source.licence
        lines.append(f"- Tabelle {codes}: {source.title} ({source.statistic}){stand}; {attribution}; Lizenz {licence}.")
    return "\n".join(lines)


def _examples_for(indicator: Indicator, inputs: Inputs) -> str:
    """Transfer objects that address the indicator; "" if none does."""
    found = [one for one in inputs.objects.values() if indicator.id in one.indicators]
    if not found:
        return ""
    lines = "".join(f"- [{one.title}](../transfer/{one.slug}.md) ({one.giver.name})\n" for one in found)
    return f"## Beispiele aus Kommunen, die hier ansetzen\n\n{lines}\n"


def _caveats(indicator: Indicator, inputs: Inputs) -> str:
    """The indicator's own caveats, and folded away those of its tables."""
    own = [*indicator.caveats, *(one.text for one in indicator.regional_caveats)]
    text = "## Zu beachten\n\n" + "".join(f"- {caveat}\n" for caveat in own) + "\n" if own else ""
    of_tables = [
        caveat
        for source in inputs.sources.values()
        if any(variable.id in indicator.formula.variables for variable in source.variables)
        for caveat in source.caveats
        if caveat not in indicator.caveats
    ]
    if not of_tables:
        return text
    items = "".join(f"<li>{escape(caveat)}</li>" for caveat in dict.fromkeys(of_tables))
    return (
        text + '```{raw} html\n<details class="tb-caveats"><summary>Weitere Hinweise zu den Tabellen'
        f"</summary>\n<ul>{items}</ul>\n</details>\n```\n\n"
    )


def corrections_text(indicator: Indicator, inputs: Inputs, values: pd.DataFrame, labels: dict[str, str]) -> str:
    """Section with the declared corrections of the formula's figures in regions that `values` hold; "" without any."""
    held = set(values["ags"])
    lines = [
        _correction(correction, inputs, labels[correction.entry.variable])
        for correction in inputs.corrections
        if correction.entry.variable in indicator.formula.variables and correction.entry.ags in held
    ]
    return "## Berichtigte amtliche Zahlen\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def _correction(correction: Correction, inputs: Inputs, label: str) -> str:
    entry = correction.entry
    kreis = inputs.register.get(entry.ags)
    place = kreis.label if kreis else inputs.register.laender().get(entry.ags, "Deutschland")
    told = entry.status if entry.status.startswith("vom Amt") else f"dem Amt {entry.status}"
    now = "nicht gezeigt" if entry.value is None else f"ersetzt durch {count(entry.value)}"
    return (
        f"- „{label}“, {place}, {entry.year}: amtlich {count(entry.printed)}, {now}. {entry.reason} "
        f"Fundstelle: {entry.source} Der Fehler ist {told}."
    )


def breaks_text(indicator: Indicator, inputs: Inputs, laender: Collection[str]) -> str:
    """Section with the breaks of the formula's figures that concern `laender`, in order of years; "" without any."""
    found = sorted(
        {
            (one.first, one.what, f"{_lands_of(one, inputs)}{one.detail} Quelle: {one.source}.")
            for source in inputs.sources.values()
            for one in source.breaks
            for variable in source.variables
            if variable.id in indicator.formula.variables
            and (not one.variables or variable.id in one.variables)
            and one.is_in(laender)
        }
    )
    lines = "".join(f"- {capitalised(what)}. {text}\n" for _, what, text in found)
    return f"## Brüche der Reihe\n\n{lines}\n" if lines else ""


def _lands_of(one: Break, inputs: Inputs) -> str:
    if not one.laender or len(one.laender) > 12:
        return ""
    return f"{listed(inputs.register.land_name(land) for land in one.laender)}: "


def findings_text(indicator: Indicator, inputs: Inputs, computed: Computed, labels: dict[str, str]) -> str:
    """Section with figures of the formula that the checks stop, or that were signed off, in regions with values."""
    held = set(computed.values["ags"])
    lines = [
        f"- „{labels.get(one.variable, indicator.title)}“, {region_label(one.ags, inputs)}, {one.year}"
        f"{'' if one.value is None else f': amtlich {count(one.value)}'}. "
        f"{RULES[one.rule].title}: {one.german} {review_text(one)}"
        for one in computed.findings
        if one.variable in (*indicator.formula.variables, indicator.id)
        and one.ags in held
        and (one.stops or one.review.status == "accepted")
    ]
    return "## Von der Prüfung zurückgehaltene Zahlen\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def _values(indicator: Indicator, inputs: Inputs, shown: pd.DataFrame, editions: list[str]) -> str:
    latest = shown.sort_values("year").drop_duplicates("ags", keep="last").set_index("ags")
    if latest.empty:
        return "Für die Ausgaben dieser Fassung liegt kein Wert vor.\n"
    unit = f" ({indicator.unit})" if indicator.unit else ""
    rows = []
    for ags in editions:
        name = escape(inputs.kreis(ags).label)
        link = f'<a href="../kommunen/{edition_folder(ags)}/index.html">{name}</a>'
        if ags in latest.index:
            row = latest.loc[ags]
            sign = f"\u00a0{SIGNS[row['territory']]}" if row["territory"] else ""
            cells = [str(row["year"]), f"{number(row['value'], indicator.decimals)}{sign}"]
        else:
            cells = ["–", "liegt nicht vor"]
        numbers = "".join(f'<td class="tb-number">{cell}</td>' for cell in cells)
        rows.append(f'<tr><th scope="row">{link}</th>{numbers}</tr>')
    caption = f"{escape(indicator.title)}: jeweils neuester Wert"
    return (
        "```{raw} html\n"
        f'<div class="tb-table" role="region" tabindex="0" aria-label="{caption}">\n<table>\n'
        f"<caption>{caption}</caption>\n"
        '<thead><tr><th scope="col">Kommune</th><th scope="col" class="tb-number">Jahr</th>'
        f'<th scope="col" class="tb-number">Wert{escape(unit)}</th></tr>'
        f"</thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n</div>\n```\n"
        + "".join(f"\n{note}\n" for note in legend_of_marks(latest.loc[latest.index.isin(editions), "territory"]))
    )


def _record(indicator: Indicator) -> str:
    reference = indicator.reference
    place = "Deutschland" if reference.ags == "DG" else f"Schlüssel {reference.ags}"
    value = quantity(reference.value, indicator.unit, indicator.decimals)
    return "\n".join(
        [
            f"- Kennung: `{indicator.id}`",
            f"- Rolle: {_ROLE[indicator.role]}; Lebensphase: {', '.join(indicator.life_phases)}; "
            f"Handlungsfelder: {', '.join(indicator.fields)}",
            f"- Prüfwert: {place}, {reference.year}: {value} ({reference.source.rstrip('.')})",
            f"- Verfasst: {indicator.author}; {indicator.reviewer}; nächste Durchsicht: "
            f"{date_short(indicator.next_review.isoformat())}",
        ]
    )
