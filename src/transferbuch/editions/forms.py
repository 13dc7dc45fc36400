"""Report forms that a municipality declares under `formats`, and the pages or the order of chapters that they mean.

A Bildungsbericht orders the edition's chapters under a lead question. Every other form is a page of its own, made by
the notebook of the same name; a municipality may have several of a kind.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from transferbuch.editions.additions import Day
from transferbuch.editions.templates import PAGE_FORMS, Template
from transferbuch.records import Record
from transferbuch.transfer.evidence import Text

REPORT_CHAPTERS = (
    "rahmenbedingungen",
    "fruehkindliche-bildung",
    "allgemeinbildende-schulen",
    "berufliche-bildung-und-hochschulen",
    "weiterbildung",
    "non-formale-bildung",
    "daten-und-methoden",
)
"""The six chapters of a Bildungsbericht and the sources of its figures."""

_Title = Annotated[Text, Field(min_length=1, max_length=100, description="German title as readers see it")]
_Question = Annotated[Text, Field(min_length=1, max_length=240, description="lead question, German, one sentence")]
_Points = Annotated[tuple[Annotated[Text, Field(min_length=1, max_length=280)], ...], Field(max_length=4)]
_Slugs = Annotated[tuple[str, ...], Field(max_length=3)]
_OBJECTS = "transfer objects to name, by slug; empty: the first proposals of the edition"


class PageForm(Record):
    """What all forms have that are a page."""

    form: str
    id: str = Field(pattern=r"^[a-z][a-z-]{1,40}$", description="short name, part of the page's address: small letters")
    title: _Title

    @property
    def page(self) -> str:
        """Name of its page in the edition."""
        return f"{self.form}-{self.id}"


class Bildungsbericht(Record):
    """A Bildungsbericht: lead question, six chapters in their order."""

    form: Literal["bildungsbericht"]
    title: _Title
    question: _Question
    chapters: tuple[str, ...] = Field(
        default=(), description="chapters in this order; empty: the six of a Bildungsbericht, and Daten und Methoden"
    )


class Datensammlung(PageForm):
    """A commented collection of data: the tables of all chapters with the municipality's comments."""

    form: Literal["datensammlung"]


class Decision(Record):
    """What is decided on an analysis, or proposed to be."""

    text: Text = Field(min_length=1, max_length=600, description="what is decided, German")
    state: Literal["vorgeschlagen", "beschlossen", "abgelehnt", "vertagt"] = Field(
        description="vorgeschlagen, beschlossen, abgelehnt or vertagt"
    )
    by: Text = Field(min_length=1, max_length=120, description="body that decides, by function")
    day: Day


class Analyse(PageForm):
    """A thematic analysis (Bildungsjournal): question, data, insights, recommendation, decision."""

    form: Literal["analyse"]
    question: _Question
    indicators: tuple[str, ...] = Field(min_length=1, max_length=8, description="ids of indicators, at least one")
    insights: _Points = Field(default=(), description="own insights, German sentences")
    recommendations: _Points = Field(min_length=1, description="what is recommended, German sentences")
    objects: _Slugs = Field(default=(), description=_OBJECTS)
    decision: Decision = Field(description="`text`, `state`, `by`, `day`")


class Profil(PageForm):
    """A profile (cockpit) on one page for one role."""

    form: Literal["profil"]
    role: Text = Field(min_length=1, max_length=120, description="for whom, by function: 'Verwaltungsleitung'")
    indicators: tuple[str, ...] = Field(min_length=1, max_length=16, description="ids of indicators, at least one")


class Gremienvorlage(PageForm):
    """A paper for a committee: at most four printed pages, which the limits of its texts and lists hold."""

    form: Literal["gremienvorlage"]
    body: Text = Field(min_length=1, max_length=120, description="committee that decides")
    day: Day
    occasion: Text = Field(min_length=1, max_length=800, description="why the committee deals with it, German")
    question: _Question
    indicators: tuple[str, ...] = Field(min_length=1, max_length=5, description="ids of 1 to 5 indicators")
    assessment: Text = Field(min_length=1, max_length=1000, description="what the figures mean here, German")
    proposals: _Points = Field(default=(), description="what could be done, German sentences")
    objects: _Slugs = Field(default=(), description=_OBJECTS)
    resolution: _Points = Field(min_length=1, description="text of the resolution, one German sentence per point")
    finances: Text = Field(min_length=1, max_length=500, description="costs and where they are provided for, German")
    effort: Text = Field(min_length=1, max_length=500, description="work and who does it, by function, German")
    contact: Text = Field(
        default="", max_length=120, description="whom to ask, by function; empty: `contact` of the edition"
    )


Form = Annotated[Bildungsbericht | Datensammlung | Analyse | Profil | Gremienvorlage, Field(discriminator="form")]


def pages_of(template: Template, forms: tuple[Form, ...]) -> tuple[Template, ...]:
    """The chapter itself; of the notebook of a form one page for each that is declared."""
    if template.needs not in PAGE_FORMS:
        return (template,)
    return tuple(
        replace(template, name=one.page, title=one.title, form=one.id)
        for one in forms
        if isinstance(one, PageForm) and one.form == template.needs
    )


def objects_of(form: Form) -> tuple[str, ...]:
    """Slugs of the transfer objects that a form names."""
    return form.objects if isinstance(form, Analyse | Gremienvorlage) else ()
