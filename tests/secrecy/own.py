"""Small own tables for the tests of secrecy, written as a municipality would hand them in."""

from pathlib import Path

from transferbuch.data.own import OwnTable, load_own_data
from transferbuch.editions.parameters import Parameters
from transferbuch.records import load_record

AGS = "99001"


def entry(id: str, columns: list[str], level: str = "stadtteil", **more: str) -> str:
    """One table of `own_data`: each of `columns` as "id kind key: value, …"."""
    lines = [
        f"  - id: {id}",
        f'    title: "Tabelle {id}"',
        f"    file: {more.pop('file', f'{id}.csv')}",
        f"    access: {more.pop('access', 'public')}",
        f"    level: {level}",
        '    key: "Nr"',
        '    period: "Jahr"',
        '    source: "Statistikstelle"',
        "    stand: 2025-01-31",
        '    licence: "CC BY 4.0"',
        *(f"    {key}: {value}" for key, value in more.items()),
        "    columns:",
    ]
    for column in columns:
        name, kind, *rest = column.split(" ", 2)
        unit = "Prozent" if kind == "share" else "Personen"
        extra = f", unit: {unit}" + (f", {rest[0]}" if rest else "")
        lines.append(f'      - {{column: "{name}", id: {name}, label: "{name}", kind: {kind}{extra}}}')
    return "\n".join(lines) + "\n"


def load(folder: Path, entries: list[str], tables: dict[str, str], ags: str = AGS) -> tuple[OwnTable, ...]:
    """The tables as they are read; `tables`: CSV text by file name, blanks between cells."""
    yaml = folder / f"{ags}-stadt.yml"
    yaml.write_text(f'ags: "{ags}"\nown_data:\n{"".join(entries)}', encoding="utf-8")
    for name, text in tables.items():
        path = folder / f"{ags}-stadt" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [line.split() for line in text.strip().splitlines()]
        path.write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")
    name = f"parameters/{yaml.name}"
    return load_own_data(yaml, name, ags, load_record(yaml, Parameters, name).own_data, internal=True)
