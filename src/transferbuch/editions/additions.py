"""What a municipality adds to its edition in its own words: key statements, comments, practice boxes, brand.

All of it is public and printed as the municipality's own, apart from what is computed. A text is printed as it stands:
Markdown has no meaning in it, HTML and names of persons are refused (`Text`).
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from transferbuch.records import Record
from transferbuch.transfer.evidence import Text

Day = Annotated[dt.date, Field(description="day, as 2025-02-14")]


class Objection(Record):
    """Who sees a contested statement differently, and how."""

    by: Text = Field(min_length=1, max_length=120, description="who sees it differently, by function")
    text: Text = Field(min_length=1, max_length=600, description="how they see it, German")


class Statement(Record):
    """A key statement of a chapter, agreed among those concerned or contested by some of them."""

    chapter: str = Field(description="name of the chapter's notebook without .ipynb")
    text: Text = Field(min_length=1, max_length=600, description="the statement, one or two German sentences")
    state: Literal["abgestimmt", "strittig"] = Field(description="abgestimmt (agreed) or strittig (contested)")
    by: Text = Field(min_length=1, max_length=120, description="who states it, by function, never a person's name")
    day: Day
    objection: Objection | None = Field(
        default=None,
        description="of a contested statement: `by` (function) and `text`, who sees it differently and how",
    )

    @model_validator(mode="after")
    def _says_who_objects(self) -> "Statement":
        if self.state == "strittig" and not self.objection:
            raise ValueError("a contested statement needs its `objection`: who sees it differently, and how")
        if self.state == "abgestimmt" and self.objection:
            raise ValueError("an agreed statement has no objection: write state: strittig, or remove it")
        return self


class Comment(Record):
    """The municipality's own comment on a chapter."""

    chapter: str = Field(description="name of the chapter's notebook without .ipynb")
    text: Text = Field(min_length=1, max_length=2000, description="the comment, German")
    by: Text = Field(min_length=1, max_length=120, description="who comments, by function, never a person's name")
    day: Day


class Practice(Record):
    """A practice box of a chapter: a transfer object of the collection, or an example in own words."""

    chapter: str = Field(description="name of the chapter's notebook without .ipynb")
    slug: str = Field(default="", description="transfer object: name of its page in book/transfer/ without .md")
    title: Text = Field(default="", max_length=120, description="own example: its title")
    text: Text = Field(default="", max_length=800, description="own example: what is done there, German")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Practice":
        if bool(self.slug) == bool(self.title or self.text):
            raise ValueError("a practice box has either a `slug` or an own `title` and `text`")
        if not self.slug and not (self.title and self.text):
            raise ValueError("an own practice box needs both `title` and `text`")
        return self


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="colour as '#0b5a70', in quotes")]


class BrandColours(Record):
    """The brand's colour for links and lines, on light and on dark ground."""

    light: Colour
    dark: Colour


class Brand(Record):
    """How the municipality's own edition shows whose it is; the portal and other editions never change."""

    name: str = Field(min_length=1, max_length=60, description="name above the chapters: 'Stadt Talbrück'")
    logo: str = Field(
        default="",
        pattern=r"^(?:[\w-]+\.(?:svg|png))?$",
        description="SVG or PNG in the folder of the same name beside this file, without folders in its name",
    )
    colours: BrandColours | None = Field(default=None, description="`light` and `dark`, each as '#0b5a70'")
