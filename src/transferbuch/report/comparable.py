"""The Kreise that a municipality is compared with: how they were found, what makes them similar, Kreistyp and group."""

from transferbuch.regions.names import capitalised
from transferbuch.report.absence import absence_of
from transferbuch.report.numbers import listed, number
from transferbuch.report.slice_model import Compared, Indicator, Slice
from transferbuch.report.sources import source_line
from transferbuch.report.tables import Cell, Fragment, joined, paragraph, table, words
from transferbuch.report.wording import cell_text, title_with_unit


def comparable_kreise(data: Slice) -> Fragment:
    """Sentences on Kreistyp and typology, and a table of the compared Kreise with the context they share."""
    compared = data.compared
    lead = paragraph(_how(data, compared))
    kinds = paragraph(*_kinds(data, compared))
    if not compared.peers:
        return joined([lead, kinds] if kinds.plain else [lead])
    return joined([lead, *([kinds] if kinds.plain else []), _table(data, compared)])


def _how(data: Slice, compared: Compared) -> str:
    place, count = data.own, len(compared.peers)
    if compared.chosen:
        return f"{capitalised(place.nominative)} hat {number(count)} Kreise oder Städte zum Vergleich selbst gewählt."
    if compared.peers:
        return (
            f"Verglichen wird mit den {number(count)} Kreisen und kreisfreien Städten, deren Rahmenbedingungen denen "
            f"{place.genitive} am ähnlichsten sind. Ergebnisse der Bildung spielen für die Auswahl keine Rolle."
        )
    if compared.missing:
        values = "ein Wert" if compared.missing == 1 else f"{number(compared.missing)} Werte"
        lacking = f"es {'fehlt' if compared.missing == 1 else 'fehlen'} {values} der Rahmenbedingungen"
        return f"Für {place.accusative} lassen sich keine ähnlichen Kreise bestimmen: {capitalised(lacking)}."
    return (
        f"Für {place.accusative} lassen sich keine ähnlichen Kreise bestimmen, weil zu wenige Rahmenbedingungen "
        "vorliegen."
    )


def _kinds(data: Slice, compared: Compared) -> list[str]:
    sentences = []
    if compared.type:
        sentences.append(
            f"Nach der Einteilung des BBSR (Gebietsstand 2020) ist {data.own.nominative} vom Typ „{compared.type}“."
        )
    if compared.cluster:
        sentences.append(
            f"In der Typologie nach Rahmenbedingungen gehört {data.own.nominative} zur Gruppe „{compared.cluster}“ "
            f"({number(compared.cluster_size)} Kreise und Städte)."
        )
    if compared.between:
        sentences.append(f"Fast ebenso nah liegt die Gruppe „{compared.between}“.")
    return sentences


def _table(data: Slice, compared: Compared) -> Fragment:
    """One row per Kreis, the own one first; the context variables by how similar the peers are in them."""
    variables = [data.indicators[name] for name in compared.context if name in data.indicators]
    ordered = sorted(variables, key=lambda one: (_spread(data, compared, one), one.id))
    rows = [[words(data.own.label), Cell("–"), *(_cell(data, one, data.ags, compared) for one in ordered)]]
    for peer in compared.peers:
        distance = Cell(number(peer.distance, 1)) if peer.distance is not None else Cell("–")
        rows.append(
            [words(data.names[peer.ags].label), distance, *(_cell(data, one, peer.ags, compared) for one in ordered)]
        )
    close = listed(f"„{one.title}“" for one in ordered[:3])
    far = f"„{ordered[-1].title}“"
    used = [
        value
        for one in ordered
        for ags in (data.ags, *(peer.ags for peer in compared.peers))
        if (value := data.values(one.id, ags).get(compared.context[one.id])) and value.value is not None
    ]
    return table(
        f"{capitalised(data.own.nominative)} und die Vergleichskreise",
        ["Kreis oder Stadt", "Abstand", *(f"{title_with_unit(one)}, {compared.context[one.id]}" for one in ordered)],
        rows,
        [
            f"Am ähnlichsten sind sich die Kreise bei {close}, am wenigsten bei {far}.",
            "Der Abstand fasst alle Rahmenbedingungen zusammen, jede in Standardabweichungen aller Kreise; 0 hieße "
            "völlig gleich. Strich: nicht bestimmbar.",
        ],
        source_line(data, used, computed=True) if used else "",
    )


def _spread(data: Slice, compared: Compared, indicator: Indicator) -> float:
    """How far the peers' places are from the own one among all Kreise on average; far where it cannot be told."""
    year = compared.context[indicator.id]
    own = data.values(indicator.id, data.ags).get(year)
    places = [
        value.percentile
        for peer in compared.peers
        if (value := data.values(indicator.id, peer.ags).get(year)) and value.percentile is not None
    ]
    if own is None or own.percentile is None or not places:
        return 100.0
    return sum(abs(place - own.percentile) for place in places) / len(places)


def _cell(data: Slice, indicator: Indicator, ags: str, compared: Compared) -> Cell:
    year = compared.context[indicator.id]
    if absence := absence_of(data, indicator, ags, year):
        return Cell(absence=absence)
    return Cell(cell_text(indicator, data.values(indicator.id, ags)[year].value or 0))
