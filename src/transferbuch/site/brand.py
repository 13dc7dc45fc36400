"""The brand of a municipality: logo and colours checked, and as an edition's pages need them.

Colours take the place of the theme's colour for links and lines, by CSS custom properties and in this edition only.
A logo that is not safe is refused with the reason, never repaired.
"""

import colorsys
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.parsers import expat

from transferbuch.editions.additions import Brand
from transferbuch.editions.parameters import Parameters
from transferbuch.errors import Problem
from transferbuch.project import THEME, Project
from transferbuch.records import find_places, read_person_text

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text on its ground."""
MOST_BYTES, MOST_PIXELS = 200_000, 2000
MODES = ("light", "dark")
_GROUNDS = ("--tb-paper", "--tb-shade", "--tb-mark")
"""What links stand on: the page, the sidebar, the current chapter in it."""
_PNG = b"\x89PNG\r\n\x1a\n"
_FORBIDDEN = {"script", "foreignobject", "image", "a", "animate", "animatemotion", "animatetransform", "set", "iframe",
              "handler", "listener", "audio", "video", "feimage"}  # fmt: skip
_ADDRESS = re.compile(r"url\(\s*[\"']?(?!#)|@import|expression\(|javascript:|image-set\(", re.IGNORECASE)


@dataclass(frozen=True)
class EditionBrand:
    """What the pages of an edition need: name, file of the logo (None without one) and CSS of the colours."""

    name: str
    logo: Path | None
    style: str

    @property
    def logo_name(self) -> str:
        """Name of the logo in the edition, "" without one."""
        return f"logo{self.logo.suffix}" if self.logo else ""


def brand_of(project: Project, parameters: Parameters) -> EditionBrand | None:
    """The checked brand of a municipality, None if it has none."""
    if not (brand := parameters.brand):
        return None
    logo = _file_of(project, str(parameters.ags)).with_suffix("") / brand.logo if brand.logo else None
    return EditionBrand(brand.name, logo, _style(brand))


def check_brands(project: Project, parameters: Mapping[str, Parameters]) -> list[Problem]:
    """All faults of logos and colours."""
    problems = []
    for ags, chosen in parameters.items():
        if brand := chosen.brand:
            path = _file_of(project, ags)
            name = project.show(path)
            places = find_places(read_person_text(path, name))
            if brand.logo:
                line = places["brand", "logo"]
                problems += _check_logo(path.with_suffix("") / brand.logo, project, name, line)
            for mode in MODES if brand.colours else ():
                line = places["brand", "colours", mode]
                problems += _check_colour(getattr(brand.colours, mode), mode, name, line)
    return problems


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours given as "#0b5a70", from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def nearest_enough(colour: str, grounds: Iterable[str]) -> str:
    """The colour of the same hue and saturation whose lightness is nearest and that has enough contrast on all grounds.

    Black or white always has on grounds that are all light or all dark. Raises ValueError if no lightness does.
    """
    grounds = list(grounds)
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    steps = sorted((n / 200 for n in range(201)), key=lambda step: abs(step - lightness))
    for step in steps:
        channels = colorsys.hls_to_rgb(hue, step, saturation)
        found = "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
        if all(contrast(found, ground) >= LEAST_CONTRAST for ground in grounds):
            return found
    raise ValueError(f"no lightness of {colour} has enough contrast on {grounds}")


@cache
def grounds_of(mode: str) -> tuple[str, ...]:
    """The theme's backgrounds in a mode, from its style sheet."""
    css = (THEME / "static" / "transferbuch.css").read_text("utf-8")
    block = css.partition(f'html[data-theme="{mode}"] {{')[2].partition("}")[0]
    return tuple(re.search(rf"{name}:\s*(#[0-9a-f]{{6}})", block)[1] for name in _GROUNDS)


def _check_colour(colour: str, mode: str, file: str, line: int) -> Iterator[Problem]:
    grounds = grounds_of(mode)
    worst = min(grounds, key=lambda ground: contrast(colour, ground))
    if (found := contrast(colour, worst)) >= LEAST_CONTRAST:
        return
    better = nearest_enough(colour, grounds)
    lightness = [round(100 * colorsys.rgb_to_hls(*_channels(one))[1]) for one in (colour, better)]
    yield Problem(
        file,
        line,
        f"brand.colours.{mode}",
        f"the contrast on the {mode} background {worst} is {found:.2f}:1",
        colour,
        f"at least {LEAST_CONTRAST}:1",
        f"use '{better}' (lightness {lightness[1]} % instead of {lightness[0]} %) or another colour",
        "contrast",
    )


def _check_logo(path: Path, project: Project, file: str, line: int) -> Iterator[Problem]:
    field = "brand.logo"
    if not path.is_file():
        expected = f"a file {project.show(path)}"
        yield Problem(file, line, field, "there is no such file", path.name, expected, "add it", "file-missing")
        return
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        expected = f"at most {MOST_BYTES:,} bytes"
        do = "save it smaller: every page of the edition loads it"
        yield Problem(file, line, field, "the logo is too large", f"{len(content):,} bytes", expected, do, "logo-size")
        return
    faults = _png_faults(content) if path.suffix == ".png" else _svg_faults(content)
    for where, what, value, do in faults:
        yield Problem(project.show(path), where, "", what, value, "a logo that is only a picture", do, "logo")


_LogoFault = tuple[int, str, str, str]


def _png_faults(content: bytes) -> Iterator[_LogoFault]:
    if not content.startswith(_PNG) or len(content) < 24:
        yield 0, "this is no PNG picture", "", "save it as PNG"
        return
    width, height = struct.unpack(">II", content[16:24])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        yield 0, "the picture has too many pixels", f"{width} × {height}", f"at most {MOST_PIXELS} in each direction"


def _svg_faults(content: bytes) -> list[_LogoFault]:
    """Everything in an SVG that could run, load something or lead elsewhere; by line."""
    found: list[_LogoFault] = []
    parser = expat.ParserCreate()
    root: list[str] = []
    do = "remove it; most drawing programs can export a plain SVG"

    def line() -> int:
        return parser.CurrentLineNumber

    def element(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        root.append(name)
        if name in _FORBIDDEN:
            found.append((line(), f"the logo has an element <{name}>", "", do))
        for key, value in attributes.items():
            short = key.rpartition(":")[2].lower()
            if short.startswith("on"):
                found.append((line(), "an attribute runs a script", key, do))
            elif short in ("href", "src") and not value.strip().startswith("#"):
                found.append((line(), "a reference leads out of the file", value[:60], do))
            elif _ADDRESS.search(value):
                found.append((line(), "an attribute loads something", f"{key}={value[:60]}", do))

    def text(value: str) -> None:
        if root and _ADDRESS.search(value):
            found.append((line(), "a style loads something", value.strip()[:60], do))

    def other(*_: object) -> None:
        found.append((line(), "the logo has a document type, an entity or a processing instruction", "", do))

    parser.buffer_text = True  # a style in several pieces is still one, up to the end of its element
    parser.EndElementHandler = lambda tag: None
    parser.StartElementHandler, parser.CharacterDataHandler = element, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = other
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return [(error.lineno, "this is no SVG picture", expat.errors.messages[error.code], "export it again as SVG")]
    if root[0] != "svg":
        found.append((1, "this is no SVG picture", f"<{root[0]}>", "export it again as SVG"))
    return found


def _style(brand: Brand) -> str:
    if not brand.colours:
        return ""
    # on screens only: paper is white whatever the mode
    modes = "".join(
        f'html[data-theme="{mode}"]{{--tb-link:{colour};--tb-link-hover:var(--tb-ink);--pst-color-primary:{colour};}}'
        for mode, colour in (("light", brand.colours.light), ("dark", brand.colours.dark))
    )
    return f"@media screen{{{modes}}}"


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _file_of(project: Project, ags: str) -> Path:
    return next(path for path in project.parameters.glob("*.y*ml") if path.name.partition("-")[0] == ags)
