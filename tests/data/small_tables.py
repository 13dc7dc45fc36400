"""Small official tables for the tests of this room: the form is the offices', the figures are invented."""

import io
import zipfile

FOOT = """\
__________
"zu ""gesamte Tabelle"":
Die Angabe des Berichtsjahres bezieht sich auf das Ende des
Schuljahres ""2022/23"".

Thüringen: vorläufiges Ergebnis; siehe dort."
"© Statistische Ämter des Bundes und der Länder, Deutschland, 2025.
Dieses Werk ist lizenziert unter der Datenlizenz Deutschland
- Namensnennung - Version 2.0."
Stand: 14.03.2025 / 09:30:00
"""

LEAVERS = (
    """\
GENESIS-Tabelle: 21111-02-06-4
Abgehende allgemeinbildender Schulen nach Abschlussarten;;;;
- Schuljahr - regionale Tiefe: Kreise und krfr. Städte;;;;
Statistik der allgemeinbildenden Schulen;;;;
Abgehende (Anzahl);;;;
;;;Insgesamt;ohne Hauptschulabschluss
2023;DG;Deutschland;9120;640
2023;15;  Sachsen-Anhalt;1234;156
2023;15084;      Burgenlandkreis, Landkreis;321;45
2023;15088;      Saalekreis, Landkreis;287;.
"""
    + FOOT
)
"""Lines 1–6 head, 7–10 data, 11 the rule, 20 the Stand."""

FLAT_HEADER = (
    "statistics_code;statistics_label;time_code;time_label;time;{dimensions};"
    "value;value_unit;value_variable_code;value_variable_label"
)
FLAT_DIMENSION = "{n}_variable_code;{n}_variable_label;{n}_variable_attribute_code;{n}_variable_attribute_label"


def flat_table(rows: list[str], dimensions: int = 1, quality: bool = False) -> str:
    """Text of a flat file with the published header and these rows."""
    parts = ";".join(FLAT_DIMENSION.format(n=n) for n in range(1, dimensions + 1))
    header = FLAT_HEADER.format(dimensions=parts) + (";value_q" if quality else "")
    return "\n".join(["\ufeff" + header, *rows, ""])


MUNICIPALITIES = flat_table(
    [
        "11111;Feststellung des Gebietsstandes;STAG;Stichtag;2024-12-31;KREISE;Kreise und kreisfreie Städte;"
        f"{ags};{name};{value};Anzahl;GEM001;Zahl der Gemeinden"
        for ags, name, value in [
            ("15088", "Saalekreis, Landkreis", "17"),
            ("09761", "Augsburg", "1"),
            ("15084", "Burgenlandkreis, Landkreis", "29"),
            ("06415", "Hanau, kreisfreie Stadt", "-"),
        ]
    ]
)
"""A flat file of four rows (lines 2–5) in no order."""


def zipped(*members: tuple[str, str | bytes], date: tuple[int, int, int] = (2026, 3, 10)) -> bytes:
    """A zip with these (name, content) members, each dated `date`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (*date, 12, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()
