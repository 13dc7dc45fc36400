"""What is known of a transfer object beyond its story: evidence, effort, equity, conditions, who took it over.

The ladder of evidence has published rules (`book/methodik/transfer.md`); a page may claim a step only if its front
matter holds what the step requires. What a source does not say is left out, never guessed.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from transferbuch.records import Record
from transferbuch.regions.keys import AGS
from transferbuch.transfer.page import find_unsafe

EvidenceStep = Literal["beschrieben", "erprobt", "mehrfach übertragen", "evaluiert", "Wirkung belegt"]
STEPS: tuple[str, ...] = get_args(EvidenceStep)
AssessedComponent = Literal["Strategie", "Steuerung", "Zusammenarbeit", "Beteiligung & Information", "Datenbasierung"]
"""Components that a municipality assesses itself; `assessment.COMPONENTS` has the question group of each."""
_TRIED = ("erprobt", "etabliert", "abgeschlossen")
_SEVERAL = 2


def _safe(text: str) -> str:
    if unsafe := find_unsafe(text):
        raise ValueError(unsafe)
    if not text:
        raise ValueError("the text is empty; leave the key out or fill it")
    return text


def read_keys(given: object) -> tuple[AGS, ...]:
    """One key or a list of keys."""
    return tuple(AGS(one) for one in given) if isinstance(given, list) else (AGS(given),)


Text = Annotated[str, AfterValidator(_safe)]


class Evaluation(Record):
    """Who looked at the results, how, and where that is published."""

    by: Text = Field(description="institution or function, never a person")
    design: Literal["Befragung", "Begleitung", "Vorher-Nachher-Vergleich", "Vergleichsgruppe"]
    result: Text = Field(description="what was found, one sentence")
    place: Text = Field(description="where it is published")
    year: int | None = Field(default=None, ge=1990, le=2100)


class Effort(Record):
    """What it takes, as far as the source tells."""

    staff: Text | None = Field(default=None, description="German: posts, hours, functions")
    money: Text | None = Field(default=None, description="German: amounts, funding")
    time: Text | None = Field(default=None, description="German: from the decision to the first result")

    @model_validator(mode="after")
    def _says_something(self) -> "Effort":
        if not (self.staff or self.money or self.time):
            raise ValueError("nothing is said; leave `effort` out")
        return self


class Equity(Record):
    """Whom the example reaches and whom not."""

    reaches: Text
    misses: Text | None = None


class Condition(Record):
    """One condition for success as a statement that can be checked for another municipality.

    `kind` says by what: type (Landkreis, kreisfreie Stadt), population (`at_least`, `at_most`), body (a post, group,
    partner or decision that must exist), data (a source of data that must exist), level (own assessment of a
    component, 0 to 4). What the solution itself creates is no condition: whoever lacks it is the one to take it over.
    """

    text: Text = Field(description="German statement: Es gibt eine Steuerungsgruppe unter Leitung der Landrätin …")
    kind: Literal["type", "population", "body", "data", "level"]
    of: Literal["Quelle", "Redaktion"] = Field(description="whether the source says so or our editors conclude it")
    types: tuple[Literal["Landkreis", "kreisfreie Stadt"], ...] = ()
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    needed: Text | None = Field(default=None, description="body, data: a word of catalogue/requirements.yml")
    component: AssessedComponent | None = Field(default=None, description="level: the component")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Condition":
        has = {
            "type": bool(self.types),
            "population": self.at_least is not None or self.at_most is not None,
            "body": bool(self.needed),
            "data": bool(self.needed),
            "level": bool(self.component) and self.at_least is not None,
        }
        if not has[self.kind]:
            key = {"type": "types", "population": "at_least", "level": "component and at_least"}.get(
                self.kind, "needed"
            )
            raise ValueError(f"a condition of kind {self.kind} needs `{key}`")
        return self


class Adoption(Record):
    """Somebody who took the example over, also without success."""

    taker: Text = Field(description="official name")
    ags: Annotated[tuple[AGS, ...], BeforeValidator(read_keys)] = Field(default=(), description="key in quotes")
    year: int | None = Field(default=None, ge=1990, le=2100)
    adapted: Text | None = Field(default=None, description="what was changed")
    result: Literal["gelungen", "läuft", "gescheitert", "unbekannt"]
    note: Text | None = None


class Origin(Record):
    """What this example itself was taken from."""

    giver: Text = Field(description="official name of the municipality or programme it comes from")
    what: Text = Field(description="what was taken over")
    slug: str | None = Field(default=None, description="slug of its page, if there is one")


def evidence_faults(step: str, status: str, adoptions: int, evaluation: Evaluation | None) -> Iterator[str]:
    """What the claimed `step` of the ladder lacks.

    Each step from `erprobt` on requires that the example was tried, and `Wirkung belegt` what `evaluiert` requires.
    Only `mehrfach übertragen` requires adoptions: an example can be evaluated before anybody takes it over.
    """
    rank = STEPS.index(step)
    if rank >= 1 and status not in _TRIED:
        yield f"the step {step!r} needs a status of {', '.join(_TRIED)}"
    if step == "mehrfach übertragen" and adoptions < _SEVERAL:
        yield f"the step {step!r} needs at least {_SEVERAL} entries of `adoptions`"
    if rank >= 3 and evaluation is None:
        yield f"the step {step!r} needs an `evaluation`"
    if (
        step == "Wirkung belegt"
        and evaluation
        and evaluation.design
        not in (
            "Vorher-Nachher-Vergleich",
            "Vergleichsgruppe",
        )
    ):
        yield f"the step {step!r} needs an evaluation with a comparison"
