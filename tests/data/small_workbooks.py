"""Small workbooks for the tests of this room: .xlsx, and .xls (BIFF8 in an OLE2 container) record by record."""

import io
import struct

import openpyxl

Cell = str | float | bytes | None
"""Text, number, bytes = formula with the stored result 1.0, None = no cell."""


def xlsx(sheets: dict[str, list[list[str | int | float | bool | None]]]) -> bytes:
    """A workbook with these sheets, rows and cells; text that begins with = is a formula, #REF! an error value."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                sheet.cell(line, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(sheets: dict[str, list[list[Cell]]]) -> bytes:
    """An old workbook with these sheets, rows and cells."""
    bodies = [_sheet(rows) for rows in sheets.values()]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + _record(0x42, struct.pack("<H", 1200))
    names = [name.encode("utf-16-le") for name in sheets]
    at = len(head) + sum(4 + 8 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name)
        at += len(body)
    return in_container("Workbook", head + _record(0x0A, b"") + b"".join(bodies))


def in_container(name: str, stream: bytes) -> bytes:
    """An OLE2 document with one stream of at least 4096 bytes (below that another kind of chain would be used)."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    used = len(stream) // 512
    assert used <= 126  # one sector of the allocation table
    table = [-3, -2, *range(3, used + 2), -2]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6xIIiIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    header += struct.pack("<109i", 0, *[-1] * 108)
    entries = _entry("Root Entry", 5, 1, -2, 0) + _entry(name, 2, -1, 2, len(stream)) + _entry("", 0, -1, 0, 0) * 2
    return header + struct.pack("<128i", *table, *[-1] * (128 - len(table))) + entries + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if text else 0
    return text.ljust(64, b"\0") + struct.pack("<HBBiii36xiII", length, kind, 1, -1, -1, child, start, size, 0)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _sheet(rows: list[list[Cell]]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                out += _record(0x204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            elif isinstance(cell, bytes):
                out += _record(0x06, place + struct.pack("<dHIH", 1.0, 0, 0, len(cell)) + cell)
            elif cell is not None:
                out += _record(0x203, place + struct.pack("<d", cell))
    return out + _record(0x0A, b"")
