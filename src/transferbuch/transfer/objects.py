"""Transfer objects (Transfergegenstände): proven, transferable examples of good municipal practice.

One object is one page, `book/transfer/<slug>.md`: strict front matter (this record) and text (`page`). The file
stem is the slug and never changes, because addresses and `related` lists hold it. Objects that only internal editions
show lie in `book/transfer/intern/`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from transferbuch.records import Record
from transferbuch.regions.keys import AGS
from transferbuch.transfer.evidence import (
    Adoption,
    Condition,
    Effort,
    Equity,
    Evaluation,
    EvidenceStep,
    Origin,
    Text,
    read_keys,
)
from transferbuch.vocabulary import PUBLIC, Access, Component, FieldOfAction, Filled, LifePhases

Kind = Literal["Strukturmodell", "Angebot", "Instrument", "Prozess", "Kooperation"]
GiverType = Literal["Landkreis", "kreisfreie Stadt", "Stadt", "Land", "Verbund", "Programm"]

LIST_PAGE = "index.md"


class Giver(Record):
    """The municipality (or association) that the example comes from."""

    name: Text = Field(description="official name, e.g. Landkreis Leer")
    ags: Annotated[tuple[AGS, ...], BeforeValidator(read_keys)] = Field(
        default=(), description='key of the time of the example, in quotes ("03457"); an association gives a list'
    )
    type: GiverType = Field(description="type at the time of the example")
    land: Text = Field(description="name of the Land, or bundesweit")

    @model_validator(mode="after")
    def _has_a_key(self) -> "Giver":
        if not self.ags and self.type not in ("Programm", "Verbund"):
            raise ValueError(f"a giver of type {self.type} needs its key: add `ags:` in quotes")
        return self


class Source(Record):
    """Where the facts were published."""

    title: Text
    place: Text = Field(description="chapter and heading, so that a reader finds it")
    year: int | None = Field(default=None, ge=1990, le=2100, description="only if the source states it")


class Revision(Record):
    """One change of a published page that readers should hear of."""

    date: dt.date
    what: Text = Field(description="German, one sentence: Ergebnisse der Befragung von 2027 ergänzt.")


class TransferObject(Record):
    """Front matter of one page; every text is German, in our own words, and written for readers."""

    # `class` is a word of the language, so the attribute is `class_`; in files and in JSON it stays `class`.
    model_config = ConfigDict(**Record.model_config, serialize_by_alias=True)

    slug: str = Field(default="", description="taken from the file name")
    access: Access = Field(default=PUBLIC, description="public or internal; internal ones lie in intern/")
    title: Text = Field(max_length=110)
    summary: Text = Field(max_length=420, description="one or two sentences for the card: problem and effect")
    giver: Giver = Field(description="name, ags, type and land of the municipality the example comes from")
    class_: Literal["Beispiel", "Kurzporträt", "Modell", "Netzwerk"] = Field(alias="class")
    depth: Literal["voll", "mittel", "kurz"] = Field(description="how much the source tells")
    status: Literal["geplant", "im Aufbau", "erprobt", "etabliert", "abgeschlossen", "Empfehlung", "unklar"] = Field(
        description="state at the information date"
    )
    kind: Kind = Field(description="what would be taken over")
    components: Annotated[tuple[Component, ...], Filled] = Field(description="components of education management")
    life_phases: LifePhases = Field(description="the phases one by one, or only `alle`")
    fields: Annotated[tuple[FieldOfAction, ...], Filled] = Field(
        max_length=3, description="one to three Handlungsfelder"
    )
    target_groups: Annotated[tuple[Text, ...], Filled]
    indicators: tuple[str, ...] = Field(default=(), description="ids of the indicators it addresses")
    programmes: tuple[Text, ...] = Field(default=(), description="funding programmes, only if the source names them")
    contact_roles: Annotated[tuple[Text, ...], Filled] = Field(
        description="functions at the giver, never persons or addresses"
    )
    evidence: EvidenceStep = Field(default="beschrieben", description="step of the ladder of evidence")
    evaluation: Evaluation | None = Field(default=None, description="needed from the step evaluiert on")
    effort: Effort | None = Field(default=None, description="only what the source tells")
    equity: Equity | None = Field(default=None, description="whom it reaches, whom not")
    conditions: tuple[Condition, ...] = Field(default=(), description="conditions for success that can be checked")
    origin: tuple[Origin, ...] = Field(default=(), description="what it was taken from")
    adoptions: tuple[Adoption, ...] = Field(default=(), description="who took it over, failures too")
    material: Text | None = Field(default=None, description="how to get at material, without addresses")
    source: Source = Field(description="where the facts were published")
    information_date: Text = Field(description="what the facts date from, e.g. um 2018 (Quelle ohne Datum)")
    published: dt.date = Field(description="day on which the page first appeared, e.g. 2026-11-30; it stays")
    revised: tuple[Revision, ...] = Field(default=(), description="later changes with their days, the oldest first")
    author: Text = Field(description="function, never a person")
    reviewer: Text = Field(description="function of the second reader, or that the second reading is outstanding")
    next_review: dt.date = Field(description="day by which somebody looks at it again, e.g. 2027-06-30")
    licence: Literal["CC BY 4.0"] = Field(description="of our own text")
    related: tuple[str, ...] = Field(default=(), description="slugs of other pages")
    _sections: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def sections(self) -> Mapping[str, str]:
        """The text of the page as Markdown, by the name of the section."""
        return self._sections
