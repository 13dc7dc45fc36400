"""Who took over what from whom as a picture: givers on the left, takers on the right, one arrow per transfer.

Plain SVG made at build time: same transfers, same bytes. It is drawn for the width of a phone and grows no wider than
a column; colours are the theme's, so it follows light, dark and print.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from transferbuch.regions.names import slugify
from transferbuch.transfer.adoptions import Transfer

WIDTH, BOX = 340, 136  # of the drawing, of a name's box
_LETTERS, _LINE, _PAD, _GAP = 18, 16, 7, 14
_PORT = 22  # room of one arrow at a box
_MARK = 9  # radius of the mark with the number
_LINES = {"gescheitert": "tb-failed", "gelungen": "tb-done", "läuft": "tb-done"}  # every other result is not known
_LEGEND = (
    "Pfeile führen vom Geber zum Nehmer; die Zahl ist die Zeile der Tabelle. Durchgezogen: gelungen oder läuft. "
    "Gestrichelt: gescheitert. Gepunktet: Ergebnis unbekannt."
)


@dataclass
class _Box:
    """One name with its arrows; `arrows` are numbers of transfers from top to bottom."""

    name: str
    arrows: list[int]
    top: float = 0

    @property
    def lines(self) -> list[str]:
        return wrap(self.name, _LETTERS, break_long_words=False)

    @property
    def height(self) -> float:
        return max(len(self.lines) * _LINE + 2 * _PAD, len(self.arrows) * _PORT)

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    def port(self, arrow: int) -> float:
        """Height at which an arrow begins or ends."""
        return self.middle + (self.arrows.index(arrow) - (len(self.arrows) - 1) / 2) * _PORT


def adoption_picture(transfers: Sequence[Transfer]) -> str:
    """Figure with the picture of all `transfers`, which are numbered from 1 in the order given; not for none."""
    givers = _boxes(one.giver for one in transfers)
    _stack(givers)
    takers = _boxes(one.taker for one in transfers)
    from_middle = {arrow: box.middle for box in givers for arrow in box.arrows}
    wanted = {box.name: sum(from_middle[arrow] for arrow in box.arrows) / len(box.arrows) for box in takers}
    takers.sort(key=lambda box: (wanted[box.name], slugify(box.name)))
    _stack(takers, wanted)
    left, right = ({arrow: box for box in boxes for arrow in box.arrows} for boxes in (givers, takers))
    for box in givers:
        box.arrows.sort(key=lambda arrow: right[arrow].middle)
    for box in takers:
        box.arrows.sort(key=lambda arrow: left[arrow].middle)
    height = max(box.top + box.height for box in (*givers, *takers)) + 1
    arrows = "".join(
        _arrow(number, left[number].port(number), right[number].port(number), one.result)
        for number, one in enumerate(transfers, 1)
    )
    names = "".join(_name(box, 1) for box in givers) + "".join(_name(box, WIDTH - BOX - 1) for box in takers)
    said = "; ".join(f"{number}: von {one.giver} an {one.taker}" for number, one in enumerate(transfers, 1))
    return (
        f'<figure class="tb-flow"><svg viewBox="0 0 {WIDTH} {height:g}" role="img" '
        'aria-labelledby="tb-flow-title tb-flow-text"><title id="tb-flow-title">Wer von wem übernommen hat</title>'
        f'<desc id="tb-flow-text">{escape(said)}.</desc>{arrows}{names}</svg>'
        f'<figcaption class="tb-note">{_LEGEND}</figcaption></figure>'
    )


def _boxes(names: Iterable[str]) -> list[_Box]:
    """A box for each name, in German order, with the numbers of its arrows."""
    found: dict[str, _Box] = {}
    for number, name in enumerate(names, 1):
        found.setdefault(name, _Box(name, [])).arrows.append(number)
    return sorted(found.values(), key=lambda box: slugify(box.name))


def _stack(boxes: Iterable[_Box], wanted: dict[str, float] | None = None) -> None:
    """Place boxes below each other, each with its middle where it is `wanted` or, for lack of room, lower."""
    bottom = 1.0
    for box in boxes:
        box.top = max(bottom, wanted[box.name] - box.height / 2 if wanted else bottom)
        bottom = box.top + box.height + _GAP


def _arrow(number: int, start: float, end: float, result: str | None) -> str:
    from_x, to_x = BOX + 1, WIDTH - BOX - 2
    mark_x = to_x - 8 - _MARK
    middle_x = (from_x + mark_x) / 2
    way = f"M{from_x} {start:g}C{middle_x:g} {start:g} {middle_x:g} {end:g} {mark_x - _MARK} {end:g}"
    return (
        f'<g class="{_LINES.get(result or "", "tb-unknown")}"><path d="{way}"/>'
        f'<path class="tb-tip" d="M{to_x - 8} {end - 4:g}L{to_x} {end:g}L{to_x - 8} {end + 4:g}Z"/>'
        f'<circle cx="{mark_x}" cy="{end:g}" r="{_MARK}"/>'
        f'<text class="tb-mark" x="{mark_x}" y="{end + 3.5:g}">{number}</text></g>'
    )


def _name(box: _Box, x: float) -> str:
    first = box.middle - (len(box.lines) - 1) * _LINE / 2 + 4.5
    lines = "".join(
        f'<tspan x="{x + BOX / 2:g}" y="{first + place * _LINE:g}">{escape(line)}</tspan>'
        for place, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{x:g}" y="{box.top:g}" width="{BOX}" height="{box.height:g}" rx="4"/>'
        f'<text class="tb-name">{lines}</text>'
    )
