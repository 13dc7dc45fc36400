"""Why a transfer object is proposed, and what speaks against it: sentences with the numbers behind them."""

from transferbuch.regions.names import capitalised
from transferbuch.report.numbers import listed, number
from transferbuch.report.proposal_model import Proposal
from transferbuch.report.slice_model import Slice
from transferbuch.report.wording import shown_value

STATES = {"fulfilled": "erfüllt", "open": "offen", "not fulfilled": "nicht erfüllt"}
_LARGER = 1.5
_LIKE = 0.5
_CITY = ("kreisfreie Stadt", "Stadt")


def reasons(data: Slice, one: Proposal) -> list[str]:
    """What speaks for it, the need first; never empty."""
    found = [*_needed_figures(data, one), *_needed_fields(data, one), *_weak_components(data, one)]
    found += [text for text in (_same_type(data, one, True), _size(data, one, True), _context(one, True)) if text]
    done = [condition for condition in one.conditions if condition.state == "fulfilled"]
    if done:
        verb = "ist" if len(done) == 1 else "sind"
        found.append(f"{capitalised(_of(len(done), len(one.conditions)))} {verb} hier erfüllt.")
    if one.object["evidence"] != "beschrieben":
        found.append(f"Stand der Belege: {one.object['evidence']}.")
    return found or ["Für diesen Vorschlag spricht wenig; er steht hier, weil kein anderer besser passt."]


def counter_reasons(data: Slice, one: Proposal) -> list[str]:
    """What speaks against it, or is not known; [] if nothing is."""
    found = [f"Nicht erfüllt: {condition.text}." for condition in one.conditions if condition.state == "not fulfilled"]
    waiting = sum(condition.state == "open" for condition in one.conditions)
    if waiting:
        verb = "ist offen" if waiting == 1 else "sind offen"
        found.append(f"{capitalised(_of(waiting, len(one.conditions)))} {verb}, weil dazu keine Angabe vorliegt.")
    elif not one.conditions:
        found.append("Die Beschreibung nennt keine Bedingung, die sich hier prüfen ließe.")
    found += [text for text in (_same_type(data, one, False), _size(data, one, False), _context(one, False)) if text]
    if one.object["status"] in ("geplant", "im Aufbau", "Empfehlung"):
        found.append(f"Stand der Umsetzung zur Zeit der Quelle: {one.object['status']}.")
    if one.object["evidence"] == "beschrieben":
        found.append("Belegt ist nur, dass es das Beispiel gibt, nicht, was es bewirkt.")
    elif one.object["evidence"] in ("erprobt", "mehrfach übertragen"):
        found.append("Eine Wirkung ist nicht belegt.")
    if one.object["depth"] == "kurz":
        found.append("Die Quelle sagt wenig über das Vorgehen.")
    if not one.object.get("effort"):
        found.append("Wie groß der Aufwand war, sagt die Quelle nicht.")
    if one.kept is not None and one.kept < 1:
        found.append(
            "Werden die Gewichte einzeln um 20 Prozent verändert, bleibt es in "
            f"{number(100 * one.kept)} Prozent der Fälle unter den ersten Vorschlägen."
        )
    return found


def questions(one: Proposal) -> list[str]:
    """First questions to the giver: what the description leaves open, then what every taker has to know."""
    opened = [line.removeprefix("- ").strip() for line in _joined_items(one.sections.get("Offene Fragen", ""))]
    general = [
        "Was würden Sie heute anders machen?",
        "Wie viel Arbeitszeit und Geld hat es im ersten Jahr gekostet, wie viel kostet es heute?",
        "Gibt es das Angebot noch, und woran erkennen Sie, ob es wirkt?",
    ]
    return [*opened[:4], *general]


def _joined_items(markdown: str) -> list[str]:
    """Items of a list, each in one line; [] where the section is no list."""
    items: list[str] = []
    for line in markdown.splitlines():
        if line.startswith("- "):
            items.append(line)
        elif items and line.strip():
            items[-1] += " " + line.strip()
    return items


def _needed_figures(data: Slice, one: Proposal) -> list[str]:
    needed = {need.indicator: need for need in data.needs.indicators}
    found = []
    for id in one.object["indicators"]:
        if id not in needed or id not in data.indicators:
            continue
        indicator, year = data.indicators[id], needed[id].year
        own = data.number(id, data.ags, year)
        if own is None:
            found.append(f"Es richtet sich auf „{indicator.title}“, hier als Bedarf genannt.")
            continue
        others = [("in den Vergleichskreisen", data.group), (data.names[data.land].locative, data.land)]
        compared = [
            f"{place} {shown_value(indicator, value)}"
            for place, key in others
            if key and key != data.ags and (value := data.number(id, key, year)) is not None
        ]
        beside = f", {listed(compared)}" if compared else ""
        found.append(f"Es richtet sich auf „{indicator.title}“: {year} hier {shown_value(indicator, own)}{beside}.")
    return found


def _needed_fields(data: Slice, one: Proposal) -> list[str]:
    names = data.needs.of_fields(tuple(one.object["fields"]))
    focus = [name for name in names if name in data.needs.focus]
    rest = [name for name in names if name not in focus]
    found = []
    if focus:
        found.append(f"Es arbeitet {_fields(focus)}, hier als Schwerpunkt gewählt.")
    if rest:
        found.append(f"Es arbeitet {_fields(rest)}; dort zeigt das Profil Bedarf.")
    return found


def _fields(names: list[str]) -> str:
    quoted = listed(f"„{name}“" for name in names)
    return f"{'am Handlungsfeld' if len(names) == 1 else 'an den Handlungsfeldern'} {quoted}"


def _weak_components(data: Slice, one: Proposal) -> list[str]:
    weak = [name for name in one.object["components"] if data.needs.components.get(name, 0) > 0.5]
    return [f"Es stärkt {listed(weak)}; dort ist die eigene Einschätzung niedrig."] if weak else []


def _same_type(data: Slice, one: Proposal, for_it: bool) -> str:
    if one.terms["type"] is None:
        return "" if for_it else "Der Geber ist keine Kommune; wie es in einer Kommune geht, ist zu klären."
    same = one.terms["type"] == 1
    if same != for_it:
        return ""
    kind = {True: "eine Stadt", False: "ein Landkreis"}[one.object["giver"]["type"] in _CITY]
    return f"Der Geber ist wie {data.own.nominative} {kind}." if same else f"Der Geber ist {kind}."


def _size(data: Slice, one: Proposal, for_it: bool) -> str:
    there, here = one.giver_population, _population(data)
    if not there or not here:
        return ""
    ratio = max(there, here) / min(there, here)
    if (ratio <= _LARGER) != for_it:
        return ""
    told = f"dort leben {number(there)} Menschen, hier {number(here)}"
    if for_it:
        return f"Geber und Kommune sind ähnlich groß: {told}."
    return f"Der Geber ist {'größer' if there > here else 'kleiner'}: {told}."


def _population(data: Slice) -> float | None:
    found = data.latest("count_population", data.ags) if "count_population" in data.indicators else None
    return found.value if found else None


def _context(one: Proposal, for_it: bool) -> str:
    term = one.terms["context"]
    if term is None:
        return "" if for_it else "Wie ähnlich die Rahmenbedingungen sind, lässt sich nicht sagen."
    if (term >= _LIKE) != for_it:
        return ""
    more = "ähnlicher" if for_it else "verschiedener"
    return f"Die Rahmenbedingungen von Geber und Kommune sind {more} als bei der Hälfte aller Paare von Kreisen."


def _of(part: int, whole: int) -> str:
    if whole == 1:
        return "die einzige prüfbare Bedingung"
    if part == whole:
        return "beide prüfbaren Bedingungen" if whole == 2 else f"alle {number(whole)} prüfbaren Bedingungen"
    return f"{'eine' if part == 1 else number(part)} von {number(whole)} prüfbaren Bedingungen"
