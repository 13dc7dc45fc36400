"""The chapter on the coming years: findings, needs for places, back-test and assumptions of the projection.

Everything comes from `Slice.outlook`. A projection has no exact persons: counts are rounded to tens, from 10,000 on to
hundreds, in sentences, tables and charts alike.
"""

from transferbuch.regions.names import capitalised
from transferbuch.report.numbers import MINUS, listed, number
from transferbuch.report.outlook_base import (
    AGE_LABELS,
    VARIANTS,
    coarse,
    horizon,
    no_projection,
    shown,
    source,
)
from transferbuch.report.slice_model import Indicator, Outlook, Slice, Value
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words

HORIZON_NEAR = 6
"""Findings on children look so many years ahead: those who come then are mostly born or about to be."""
_CARE = {
    "under_3": ("share_children_under_3_in_care_pct", "share_centre_care_under_3_pct"),
    "3_to_6": ("share_children_3_to_6_in_care_pct", "share_centre_care_3_to_6_pct"),
}


def findings(data: Slice) -> Fragment:
    """What changes until the near and the far horizon, in sentences; or why there is no projection."""
    if why := no_projection(data):
        return paragraph(why)
    outlook = data.outlook
    base, far = horizon(outlook, data)
    near = min(base + HORIZON_NEAR, far)
    sentences = [
        f"{capitalised(data.own.locative)} {_change(outlook, data.ags, 'total', base, far, 'leben', 'Menschen')}",
        _children(outlook, data, "under_3", "Kinder unter 3 Jahren", base, near),
        _children(outlook, data, "3_to_6", "Kinder von 3 bis unter 6 Jahren", base, near),
        _children(outlook, data, "6_to_10", "Kinder im Grundschulalter (6 bis unter 10 Jahre)", base, near),
        _children(outlook, data, "10_to_16", "Kinder und Jugendliche von 10 bis unter 16 Jahren", base, near),
        _generations(outlook, data, base, far),
    ]
    return bullet_list([sentence for sentence in sentences if sentence], "tb-findings", source(data))


def _change(outlook: Outlook, ags: str, group: str, base: int, year: int, verb: str, what: str) -> str:
    """ "leben 2039 in der mittleren Variante 153.900 Menschen, 11 % weniger als 2024 (173.700); …"."""
    now = outlook.counts[ags, "middle", group][base]
    then = {name: outlook.counts[ags, name, group][year] for name in VARIANTS}
    return (
        f"{verb} {year} nach der mittleren Variante {shown(then['middle'])} {what}, "
        f"{_difference(now, then['middle'])} {base} ({shown(now)}); die untere Variante ergibt {shown(then['low'])}, "
        f"die obere {shown(then['high'])}."
    )


def _children(outlook: Outlook, data: Slice, group: str, what: str, base: int, year: int) -> str:
    now = outlook.counts[data.ags, "middle", group][base]
    then = {name: outlook.counts[data.ags, name, group][year] for name in VARIANTS}
    low, middle, high = (then[name] for name in ("low", "middle", "high"))
    return (
        f"{what}: {base} sind es {shown(now)}, {year} nach der mittleren Variante {shown(middle)} "
        f"({_difference(now, middle)} {base}); zwischen {shown(low)} und {shown(high)} liegen die Varianten."
    )


def _generations(outlook: Outlook, data: Slice, base: int, far: int) -> str:
    """Young people reaching 18 against people reaching 67, on average of the years shown."""
    years = range(base + 1, far + 1)
    young, old = (
        sum(outlook.counts[data.ags, "middle", group][year] for year in years) / len(years)
        for group in ("age_18", "age_67")
    )
    gap = coarse(old) - coarse(young)
    compared = (
        "beide Zahlen sind damit etwa gleich"
        if not gap
        else f"das sind {number(abs(gap))} {'mehr' if gap > 0 else 'weniger'}, als jung nachrücken"
    )
    return (
        f"Von {base + 1} bis {far} erreichen nach der mittleren Variante im Durchschnitt {shown(old)} Menschen im "
        f"Jahr das "
        f"Alter von 67 Jahren, {shown(young)} werden 18 Jahre alt; {compared}."
    )


def _difference(now: float, then: float) -> str:
    """ "11 % weniger als", "gerundet so viele wie"."""
    if not now:
        return "statt keinem im Jahr"
    percent = round(100 * (coarse(then) / coarse(now) - 1)) if coarse(now) else 0
    if not percent:
        return "gerundet so viele wie"
    return f"{number(abs(percent))} % {'mehr' if percent > 0 else 'weniger'} als"


def places(data: Slice) -> Fragment:
    """Places for children at the newest own care rate, in three variants; a sentence where a rate is missing."""
    if why := no_projection(data):
        return paragraph(why)
    outlook = data.outlook
    base, far = horizon(outlook, data)
    years = [base, *(year for year in range(base + 1, far + 1) if (year - base) % 3 == 0)]
    parts = []
    for group, label in (("under_3", "Kinder unter 3 Jahren"), ("3_to_6", "Kinder von 3 bis unter 6 Jahren")):
        rate = _care_rate(data, group)
        if rate is None:
            parts.append(paragraph(f"{label}: Eine Betreuungsquote liegt für {data.own.accusative} nicht vor."))
            continue
        indicator, value = rate
        assert value.value is not None
        rows = []
        for year in years:
            children = {name: outlook.counts[data.ags, name, group][year] for name in VARIANTS}
            needed = {name: count * value.value / 100 for name, count in children.items()}
            rows.append(
                [
                    words(f"{year} (beobachtet)" if year == base else str(year)),
                    Cell(shown(children["middle"])),
                    *(Cell(shown(needed[name])) for name in VARIANTS),
                ]
            )
        parts.append(
            table(
                f"{label} {data.own.locative} und Plätze bei gleicher Betreuungsquote",
                ["Jahr", "Kinder, mittlere Variante", *(f"Plätze, {name}" for name in VARIANTS.values())],
                rows,
                [
                    f"Gerechnet mit der Quote „{indicator.title}“ von {value.year}: {number(value.value, 1)} %. "
                    f"Steigt die "
                    "Quote, werden im gleichen Verhältnis mehr Plätze gebraucht."
                ],
                source(data, [value]),
            )
        )
    return joined(parts)


def _care_rate(data: Slice, group: str) -> tuple[Indicator, Value] | None:
    found = [
        (data.indicators[name], value)
        for name in _CARE[group]
        if name in data.indicators and (value := data.latest(name, data.ags))
    ]
    return max(found, key=lambda pair: pair[1].year, default=None)


def backtest(data: Slice) -> Fragment:
    """How a projection started earlier compares with what came: own errors beside those of all Kreise."""
    outlook = data.outlook
    if not outlook.backtest and not outlook.errors:
        return paragraph("Eine Rückschau ist nicht möglich: Für ein früheres Startjahr fehlen Daten.")
    if not outlook.backtest:
        return paragraph(f"Für {data.own.accusative} ist keine Rückschau möglich: Daten des Startjahres fehlen.")
    errors = {one.group: one for one in outlook.errors}
    rows = []
    for group, (projected, observed, before) in outlook.backtest.items():
        if not observed:
            continue
        every = errors.get(group)
        rows.append(
            [
                words(AGE_LABELS[group]),
                Cell(shown(projected)),
                Cell(number(observed)),
                Cell(_percent(100 * (projected / observed - 1))),
                Cell(_percent(100 * (before / observed - 1))),
                Cell(f"{number(every.median, 1)} %" if every else "–"),
                Cell(f"{number(every.unchanged, 1)} %" if every else "–"),
                Cell(f"{_percent(every.low)} bis {_percent(every.high)}" if every else "–"),
            ]
        )
    start, year = outlook.tested_from, outlook.tested_to
    kreise = max((one.kreise for one in outlook.errors), default=0)
    better = [AGE_LABELS[one.group] for one in outlook.errors if one.median < one.unchanged]
    worse = [AGE_LABELS[one.group] for one in outlook.errors if one.median >= one.unchanged]
    lead = (
        f"Eine Vorausschau mit den Daten von {start} für {year}, verglichen mit dem, was kam: Der mittlere Fehler "
        f"aller "
        f"{number(kreise)} Kreise ist kleiner als bei der Annahme, dass sich nichts ändert, für: {listed(better)}."
        if better
        else f"Eine Vorausschau mit den Daten von {start} für {year} war nicht besser als die Annahme, dass sich "
        f"nichts "
        "ändert."
    )
    if better and worse:
        lead += f" Nicht besser war sie für: {listed(worse)}."
    return paragraph(lead) + table(
        f"Vorausschau von {start} für {year} und beobachtete Bevölkerung {data.own.locative}",
        [
            "Altersgruppe",
            f"vorausgeschätzt für {year}",
            f"beobachtet {year}",
            "Fehler",
            f"Fehler, wenn alles bliebe wie {start}",
            "mittlerer Fehler aller Kreise",
            "ohne Veränderung",
            "mittlere 80 % der Kreise",
        ],  # fmt: skip
        rows,
        [
            "Fehler in Prozent der beobachteten Zahl; mittlerer Fehler: Median ohne Vorzeichen. Zwischen beiden "
            "Jahren liegt "
            "der Zensus 2022; ein Teil der Abweichung kommt daher, dass er die Bevölkerung neu festgestellt hat."
            if start < 2022 <= year and not data.fictional
            else "Fehler in Prozent der beobachteten Zahl; mittlerer Fehler: Median ohne Vorzeichen."
        ],
        source(data),
    )


def _percent(value: float) -> str:
    sign = "+" if round(value, 1) > 0 else MINUS if round(value, 1) < 0 else ""
    return f"{sign}{number(abs(value), 1)}\u00a0%"


def assumptions(data: Slice) -> Fragment:
    """What the projection assumes, in words with the numbers of this municipality."""
    if why := no_projection(data):
        return paragraph(why)
    outlook = data.outlook
    known = outlook.assumptions
    base, far = horizon(outlook, data)
    births = (
        f"aus den Lebendgeborenen von {known['base']}"
        if known["births_from"] == "births"
        else f"aus den Kindern unter drei Jahren von {known['base']}, weil neuere Geburtenzahlen nicht eingelesen sind"
    )
    whose = {data.ags: data.own.genitive}.get(known["deaths_from"])
    if whose is None:
        name = data.names.get(known["deaths_from"])
        whose = name.genitive if name else ""
    deaths = (
        f"Das Sterberisiko nach Alter ist so hoch angesetzt, wie es zu den Gestorbenen {whose} im Jahr "
        f"{known['deaths_year']:.0f} passt"
        if known["deaths_from"]
        else "Zu Sterbefällen liegen keine Angaben vor; angesetzt ist eine Lebenserwartung von etwa 81 Jahren"
    )
    moves = known["net_moves"]
    balance = (
        "Zuzüge und Fortzüge gleichen sich aus"
        if not coarse(abs(moves))
        else (
            f"im Durchschnitt ziehen {shown(abs(moves))} Menschen im Jahr mehr "
            f"{'zu als fort' if moves > 0 else 'fort als zu'}"
        )
    )
    return bullet_list(
        [
            f"Ausgangspunkt ist die Bevölkerung nach Alter vom 31. Dezember {base}; gerechnet wird bis {far}.",
            f"Geburten: {number(known['children_per_woman'], 2)} Kinder je Frau, geschätzt {births}.",
            f"{deaths}: das sind {shown(known['deaths'])} Gestorbene im ersten Jahr.",
            f"Wanderung wie in den Jahren {known['earlier']} bis {base}: {balance}. Das ist, was zwischen beiden "
            "Jahren übrig bleibt, wenn die Sterbefälle abgezogen sind; es enthält auch Korrekturen durch eine "
            "Volkszählung.",
            "Untere und obere Variante: 10 % weniger oder mehr Geburten je Frau und ein Wanderungssaldo, der um "
            f"{number(1000 * known['spread'], 1)} je 1.000 Menschen niedriger oder höher ist; das ist die Hälfte "
            f"dessen, was "
            "zwischen dem unteren und dem oberen Viertel der Kreise liegt.",
            "Neubaugebiete, Schließungen, Gesetze und Krisen kennt die Rechnung nicht. Die Statistischen Ämter der "
            "Länder "
            "veröffentlichen eigene Vorausberechnungen; für Planungen gehen diese vor.",
        ],
        "tb-caveats",
    )
