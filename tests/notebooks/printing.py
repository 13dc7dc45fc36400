"""Built pages printed as a reader's browser prints them, and on which sheet a place of the page comes to lie."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_PAGE = re.compile(rb"^(\d+) 0 obj\s*<<\s*/Type\s*/Page(?![a-zA-Z])", re.MULTILINE)
_PLACE = re.compile(rb"/([\w-]+)\s*\[(\d+) 0 R\s*/XYZ\s+[\d.]+\s+([\d.]+)")


@dataclass(frozen=True)
class Spot:
    """Where something is printed: number of the sheet from 1, height above its lower edge in points (A4: 842)."""

    sheet: int
    height: float


@dataclass(frozen=True)
class Printed:
    """A printed page: how many sheets, and where the places that it links to came to lie, by their id."""

    sheets: int
    spots: dict[str, Spot]


def print_page(page: Path, pdf: Path, script: str = "") -> Printed:
    """Print a page on A4; the PDF is kept as `pdf`. `script` may change the page before.

    Chromium writes a named destination for every place of the page that a link on it leads to; they are read here.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(locale="de-DE")
        shown.goto(page.as_uri())
        if script:
            shown.evaluate(script)
        shown.pdf(path=pdf, format="A4")
        browser.close()
    content = pdf.read_bytes()
    numbers = {int(number): sheet for sheet, number in enumerate(_PAGE.findall(content), 1)}
    spots = {
        name.decode(): Spot(numbers[int(number)], float(height)) for name, number, height in _PLACE.findall(content)
    }
    return Printed(len(numbers), spots)
