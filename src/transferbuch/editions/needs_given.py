"""What a municipality says of its own needs in its parameters file, checked against the words it may use."""

from collections.abc import Iterable, Iterator, Mapping

from transferbuch.errors import Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Place, nearest
from transferbuch.transfer.assessment import OwnAssessment
from transferbuch.transfer.needs import Overrule
from transferbuch.transfer.requirements import load_requirements
from transferbuch.vocabulary import INTERNAL_FOLDER


def check_needs(
    given: OwnAssessment | None, overruled: Iterable[Overrule], file: str, lines: Mapping[Place, int], internal: bool
) -> Iterator[Problem]:
    """Unknown bodies and data, those that are said to be there and not there, unknown indicators that are overruled."""
    if given:
        words = load_requirements()
        for key in ("there", "not_there"):
            for number, name in enumerate(getattr(given, key)):
                line = lines[("assessment", key, number)]
                if name not in words:
                    what, expected = "the vocabulary does not have this word", "a word of catalogue/requirements.yml"
                    do, code = nearest(name, words), "unknown-requirement"
                    yield Problem(file, line, f"assessment.{key}", what, name, expected, do, code)
                elif key == "not_there" and name in given.there:
                    what, expected = "it is said to be there and not to be there", "one of the two"
                    do = "remove it from `there` or from `not_there`"
                    yield Problem(file, line, "assessment.not_there", what, name, expected, do, "contradiction")
    folder = CATALOGUE / "indicators"
    known = {path.stem for path in folder.glob("*.yml")}
    known |= {path.stem for path in (folder / INTERNAL_FOLDER).glob("*.yml")} if internal else set()
    for number, one in enumerate(overruled):
        if one.indicator and one.indicator not in known:
            what, expected = "no such indicator", "the id of an indicator of the catalogue"
            line, do = lines[("overruled", number, "indicator")], nearest(one.indicator, known)
            yield Problem(file, line, "overruled", what, one.indicator, expected, do, "unknown-indicator")
