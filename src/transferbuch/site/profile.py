"""The Steckbrief of a transfer object: its front matter as a list of terms, put under the heading of its page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape

from transferbuch.transfer.evidence import STEPS, Adoption
from transferbuch.transfer.objects import TransferObject

_SHOWN = 6


def profile_html(
    one: TransferObject,
    related_titles: Mapping[str, str],
    is_overdue: bool = False,
    takers: Sequence[tuple[str, str]] = (),
) -> str:
    """The Steckbrief; related objects with their titles; above it a note when the next reading is overdue.

    takers: page and name of the editions that propose the object.
    """
    rows = [
        ("Geber", f"{one.giver.name} ({one.giver.land})"),
        ("Art", f"{one.kind} ({one.class_})"),
        ("Stand der Umsetzung", f"{one.status}; Stand der Angaben: {one.information_date}"),
        ("Komponenten", ", ".join(one.components)),
        ("Lebensphasen", ", ".join(one.life_phases)),
        ("Handlungsfelder", ", ".join(one.fields)),
        ("Zielgruppen", ", ".join(one.target_groups)),
        ("Förderprogramme", ", ".join(one.programmes)),
        ("Evidenz", _evidence(one)),
        ("Aufwand", _effort(one)),
        ("Wen es erreicht", _equity(one)),
        ("Prüfbare Bedingungen", " ".join(f"{part.text} ({part.of})." for part in one.conditions)),
        ("Übernommen von", "; ".join(f"{part.giver}: {part.what}" for part in one.origin)),
        ("Übernommen durch", "; ".join(_adoption(part) for part in one.adoptions)),
        ("Material", one.material or ""),
        ("Ansprechstelle", ", ".join(one.contact_roles)),
        ("Quelle", f"{one.source.title}, {one.source.place}" + (f" ({one.source.year})" if one.source.year else "")),
        ("Pflege", _care(one, is_overdue)),
    ]
    items = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in rows if text)
    related = "".join(f'<li><a href="{slug}.html">{escape(title)}</a></li>' for slug, title in related_titles.items())
    if related:
        items += f"<dt>Verwandte Beispiele</dt><dd><ul>{related}</ul></dd>"
    if takers:
        items += f"<dt>Könnte passen für</dt><dd>{_proposed_to(takers)}</dd>"
    profile = f'<aside class="tb-profile" aria-label="Steckbrief"><dl>{items}</dl></aside>'
    return (_overdue_note(one) if is_overdue else "") + profile


def _proposed_to(takers: Sequence[tuple[str, str]]) -> str:
    """Links to the editions that propose it, many of them behind a line to open."""
    links = [f'<a href="../kommunen/{page}">{escape(name)}</a>' for page, name in takers]
    if len(links) <= _SHOWN:
        return ", ".join(links)
    return f"<details><summary>{len(links)} Kommunen dieser Sammlung</summary>{', '.join(links)}</details>"


def evidence_step(one: TransferObject) -> str:
    """ "Stufe 2 von 5: erprobt"."""
    return f"Stufe {STEPS.index(one.evidence) + 1} von {len(STEPS)}: {one.evidence}"


def _overdue_note(one: TransferObject) -> str:
    return (
        '<div class="tb-overdue" role="note"><p><strong>Durchsicht überfällig.</strong> Diese Seite sollte bis zum '
        f"{_day(one.next_review)} neu geprüft werden. Bitte fragen Sie die Ansprechstelle, ob die Angaben noch "
        "stimmen.</p></div>"
    )


def _evidence(one: TransferObject) -> str:
    """The step, with who looked at it."""
    text = evidence_step(one)
    if found := one.evaluation:
        when = f" {found.year}" if found.year else ""
        text += f". {found.design} ({found.by}{when}): {found.result} Quelle: {found.place}"
    return text


def _effort(one: TransferObject) -> str:
    if not (given := one.effort):
        return ""
    parts = (("Personal", given.staff), ("Geld", given.money), ("Zeit", given.time))
    return "; ".join(f"{what}: {text}" for what, text in parts if text)


def _equity(one: TransferObject) -> str:
    if not (given := one.equity):
        return ""
    return given.reaches + (f"; nicht erreicht: {given.misses}" if given.misses else "")


def _adoption(one: Adoption) -> str:
    """ "Stadt Regensburg (2017, gelungen): angepasst auf …"."""
    when = f"{one.year}, " if one.year else ""
    rest = "; ".join(part for part in (one.adapted, one.note) if part)
    return f"{one.taker} ({when}{one.result})" + (f": {rest}" if rest else "")


def _care(one: TransferObject, is_overdue: bool) -> str:
    review = f"nächste Durchsicht {_day(one.next_review)}" + (" (überfällig)" if is_overdue else "")
    published = f"veröffentlicht {_day(one.published)}"
    revised = [f"überarbeitet {_day(part.date)}: {part.what.rstrip('.')}" for part in one.revised]
    return "; ".join([one.author, one.reviewer, published, *revised, review, f"Lizenz {one.licence}"])


def _day(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"
