"""The brand of an edition: contrast in both modes, logos that are only pictures, nothing outside of this edition."""

import struct
from pathlib import Path

import pytest

from transferbuch.editions.parameters import Parameters
from transferbuch.project import Project
from transferbuch.site.book import BookSettings, build_book
from transferbuch.site.brand import brand_of, check_brands, contrast, grounds_of, nearest_enough

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n{}\n</svg>'
PLAIN = SVG.format('<style>.a{fill:url(#verlauf)}</style><path class="a" d="M0 0h9v9z"/><use href="#b"/>')


def found(tmp_path: Path, logo: bytes | None = None, suffix: str = "svg", **colours: str) -> list[str]:
    folder = tmp_path / "parameters" / "15084-b"
    folder.mkdir(parents=True)
    lines = ['ags: "15084"', "brand:", '  name: "Burgenland"']
    brand: dict = {"name": "Burgenland"}
    if suffix:
        lines.append(f"  logo: marke.{suffix}")
        brand["logo"] = f"marke.{suffix}"
        if logo is not None:
            (folder / f"marke.{suffix}").write_bytes(logo)
    if colours:
        lines += ["  colours:", *(f'    {mode}: "{colour}"' for mode, colour in colours.items())]
        brand["colours"] = colours
    folder.with_suffix(".yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    parameters = {"15084": Parameters(ags="15084", brand=brand)}
    return list(map(str, check_brands(Project(tmp_path), parameters)))


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\0" * 9


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_the_web_content_accessibility_guidelines(one, other, expected):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.005)


def test_the_grounds_are_those_of_the_theme():
    assert grounds_of("light") == ("#ffffff", "#f4f6f5", "#cfe8ee")
    assert grounds_of("dark") == ("#14191d", "#1c2328", "#1f4653")


def test_colours_and_logos_that_do_are_not_complained_about(tmp_path):
    assert found(tmp_path, PLAIN.encode(), light="#7a1f3d", dark="#e8a3b8") == []


def test_a_colour_without_contrast_is_named_with_the_nearest_that_would_do(tmp_path):
    light, dark = found(tmp_path, suffix="", light="#f0a030", dark="#7a1f3d")
    assert light.startswith(
        "parameters/15084-b.yml:5: brand.colours.light: the contrast on the light background #cfe8ee"
    )
    assert dark.startswith("parameters/15084-b.yml:6: brand.colours.dark: the contrast on the dark background #1f4653")
    assert "is 1.68:1 (#f0a030). Expected: at least 4.5:1" in light and "is 1.02:1 (#7a1f3d)" in dark
    for message, mode, given in ((light, "light", "#f0a030"), (dark, "dark", "#7a1f3d")):
        better = message.split("Do: use '")[1][:7]
        assert better == nearest_enough(given, grounds_of(mode))
        assert all(contrast(better, ground) >= 4.5 for ground in grounds_of(mode))
        assert min(contrast(better, ground) for ground in grounds_of(mode)) < 4.8  # no further than needed


@pytest.mark.parametrize(
    ("inside", "line", "words"),
    [
        ("<script>alert(1)</script>", 2, "an element <script>"),
        ('<path onload="x()"/>', 2, "an attribute runs a script (onload)"),
        ('<image href="data:image/png;base64,AA"/>', 2, "an element <image>"),
        (
            '\n<use xlink:href="https://example.org/a.svg#b"/>',
            3,
            "a reference leads out of the file (https://example.org",
        ),
        ('<path style="fill:url(https://example.org/a)"/>', 2, "an attribute loads something"),
        ("<style>@import 'https://example.org/a.css';</style>", 2, "a style loads something"),
        ("<foreignObject/>", 2, "an element <foreignobject>"),
        ("<a href='#b'/>", 2, "an element <a>"),
        ("<path>", 3, "this is no SVG picture (mismatched tag)"),
    ],
)
def test_a_logo_that_could_do_more_than_be_seen_is_refused_with_its_line(tmp_path, inside, line, words):
    [message, *_] = found(tmp_path, SVG.format(inside).encode())
    assert (
        message.startswith(f"parameters/15084-b/marke.svg:{line}: ") and words in message and message.endswith("[logo]")
    )


@pytest.mark.parametrize(
    ("logo", "suffix", "words"),
    [
        (None, "svg", ["parameters/15084-b.yml:4: brand.logo: there is no such file", "parameters/15084-b/marke.svg"]),
        (b"x" * 200_001, "svg", ["parameters/15084-b.yml:4: ", "the logo is too large (200,001 bytes)"]),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "svg", ["a document type, an entity"]),
        (b"<html/>", "svg", ["this is no SVG picture (<html>)"]),
        (b"", "svg", ["this is no SVG picture (no element found)"]),
        (b"GIF89a", "png", ["this is no PNG picture"]),
        (png(2001, 10), "png", ["too many pixels (2001 × 10)"]),
    ],
)
def test_files_that_are_no_small_picture(tmp_path, logo, suffix, words):
    [message, *_] = found(tmp_path, logo, suffix)
    assert all(word in message for word in words)


def test_a_png_of_usual_size_will_do(tmp_path):
    assert found(tmp_path, png(300, 100), "png") == []


def test_colours_reach_the_screen_of_this_edition_by_properties_and_nothing_else(tmp_path):
    found(tmp_path, PLAIN.encode(), light="#7a1f3d", dark="#e8a3b8")
    brand = {"name": "Burgenland", "logo": "marke.svg", "colours": {"light": "#7a1f3d", "dark": "#e8a3b8"}}
    made = brand_of(Project(tmp_path), Parameters(ags="15084", brand=brand))
    assert made.logo_name == "logo.svg" and made.logo.is_file()
    properties = {part.split(":")[0] for part in made.style.replace("{", ";").split(";") if part.startswith("--")}
    assert properties == {"--tb-link", "--tb-link-hover", "--pst-color-primary"}
    assert made.style.startswith("@media screen{")  # paper stays black on white
    assert brand_of(Project(tmp_path), Parameters(ags="15084")) is None


def test_the_brand_is_on_the_pages_of_its_own_book_and_on_no_other(tmp_path):
    (tmp_path / "source").mkdir()
    for page in ("index", "kapitel"):
        (tmp_path / "source" / f"{page}.md").write_text(f"# {page}\n", encoding="utf-8")
    style = '@media screen{html[data-theme="light"]{--tb-link:#7a1f3d;}}'
    pages = []
    for name, brand in (("own", {"brand": "Land & Leute", "logo": "logo.svg", "style": style}), ("other", {})):
        build_book(tmp_path / "source", tmp_path / name, BookSettings("Bildung", ("index", "kapitel"), **brand))
        pages.append((tmp_path / name / "index.html").read_text(encoding="utf-8"))
    own, other = pages
    assert f"<style>{style}</style>" in own and '<img class="tb-logo" src="logo.svg" alt="">' in own
    assert "<span>Land &amp; Leute</span>" in own
    assert "tb-logo" not in other and "tb-whose" not in other and "<style>@media" not in other
    sheets = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name / "_static").rglob("*.css")}
        for name in ("own", "other")
    ]
    assert sheets[0] == sheets[1]
