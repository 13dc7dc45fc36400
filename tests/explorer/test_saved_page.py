"""The saved page in headless Chromium, from the disk: the chart is drawn, nothing is loaded, it gives an SVG file."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.explorer.conftest import LEAVERS
from transferbuch.explorer.excerpt import Choice, show
from transferbuch.explorer.saving import save_chart

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: install the system package chromium")
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_alone(slices, tmp_path, width):
    path, _ = save_chart(tmp_path, show(slices.slice_of("99004"), Choice(LEAVERS))).files
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="de-DE", viewport={"width": width, "height": 900})
        asked, errors = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".tb-chart .main-svg")
        assert page.text_content(".tb-chart .legendtext >> nth=0") == "Stadt St. Walrich"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        with page.expect_download() as download:
            page.get_by_role("button", name="Diagramm als SVG-Datei sichern").click()
        download.value.save_as(tmp_path / "bild.svg")
        browser.close()
    svg = (tmp_path / "bild.svg").read_text("utf-8")
    assert svg.startswith("<svg") and "Stadt St. Walrich" in svg and "2024" in svg
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [path.as_uri()] and errors == []
