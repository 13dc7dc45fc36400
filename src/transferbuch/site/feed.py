"""Atom feed of new and revised transfer objects, for readers and for newsletters of others.

Same objects, same bytes: the feed is as new as its newest entry, and identifiers come from the slugs, which never
change, not from the address, which may. Links are relative to the feed; with a public address `xml:base` says it.
"""

import datetime as dt
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from transferbuch.transfer.objects import TransferObject

FEED = "neues.xml"
TITLE = "Transferbuch: neue und überarbeitete Transfergegenstände"
_ATOM = "http://www.w3.org/2005/Atom"
_IDS = uuid.UUID("6d1c8f3e-54b7-4f0e-9a63-2b1d7c90e5a4")  # of this feed's identifiers; a new one makes all entries new


def atom_feed(objects: Iterable[TransferObject], folder: str, address: str = "") -> str:
    """The feed as XML, the latest change first; "" without any object.

    folder: way from the feed to the pages ("transfer/"); address: public address of the site's root, "" if it has none
    """
    shown = sorted(objects, key=lambda one: one.slug)
    shown.sort(key=_updated, reverse=True)
    if not shown:
        return ""
    feed = ET.Element("feed", xmlns=_ATOM)
    feed.set("xml:lang", "de")
    if address:
        feed.set("xml:base", address)
        ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=FEED)
    _text(feed, "id", _id(""))
    _text(feed, "title", TITLE)
    _text(feed, "updated", _moment(_updated(shown[0])))
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=f"{folder}index.html")
    for one in shown:
        entry = ET.SubElement(feed, "entry")
        _text(entry, "id", _id(one.slug))
        _text(entry, "title", one.title)
        _text(entry, "updated", _moment(_updated(one)))
        _text(entry, "published", _moment(one.published))
        _text(ET.SubElement(entry, "author"), "name", one.author)
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=f"{folder}{one.slug}.html")
        change = f"Überarbeitet: {one.revised[-1].what} " if one.revised else ""
        _text(entry, "summary", change + one.summary)
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _updated(one: TransferObject) -> dt.date:
    """Day of the last change that readers should hear of."""
    return one.revised[-1].date if one.revised else one.published


def _moment(day: dt.date) -> str:
    """A day as Atom wants it: with a time."""
    return f"{day.isoformat()}T00:00:00Z"


def _id(slug: str) -> str:
    return uuid.uuid5(_IDS, slug).urn


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
