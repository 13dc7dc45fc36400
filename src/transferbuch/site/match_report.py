"""`transferbuch match`: the transfer objects for one municipality, with every term of every score."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transferbuch.editions.matches import needs_record, terms_record
from transferbuch.editions.plan import Edition
from transferbuch.project import Project
from transferbuch.report.needs import need_profile
from transferbuch.report.proposal_words import counter_reasons, reasons
from transferbuch.report.slice_reader import read_slice
from transferbuch.site.release import Release, load_release
from transferbuch.transfer.settings import load_match_settings


@dataclass(frozen=True)
class MatchReport:
    """Needs and ranked objects of one municipality; `texts`: reasons and counter-reasons of the first, by slug."""

    ags: str
    name: str
    needs: dict[str, Any]
    need_text: str
    ranked: list[dict[str, Any]]
    texts: dict[str, tuple[list[str], list[str]]]

    def as_json(self) -> dict[str, Any]:
        """Everything, with the weights that the scores come from."""
        ranked = [
            one
            | (
                {"reasons": self.texts[one["slug"]][0], "counter_reasons": self.texts[one["slug"]][1]}
                if one["slug"] in self.texts
                else {}
            )
            for one in self.ranked
        ]
        settings = load_match_settings().model_dump(mode="json")
        return {"ags": self.ags, "name": self.name, "settings": settings, "needs": self.needs, "ranked": ranked}

    def lines(self) -> list[str]:
        """For people: the needs, then the first objects with reasons and counter-reasons, then how many follow."""
        found = [f"{self.ags} {self.name}", "", self.need_text]
        for place, one in enumerate(self.ranked, 1):
            if one["slug"] not in self.texts:
                continue
            found += ["", f"{place}. {one['title']} ({one['giver']}), {100 * one['score']:.0f} of 100  {one['slug']}"]
            pro, contra = self.texts[one["slug"]]
            found += [*(f"   + {text}" for text in pro), *(f"   – {text}" for text in contra)]
        rest = len(self.ranked) - len(self.texts)
        return [*found, "", f"{rest} more, with every term of every score: --json"]


def match_municipality(project: Project, ags: str, data: str, gebietsstand: str) -> MatchReport:
    """Needs and all objects for one municipality. Raises UsageError for an unknown key."""
    release = load_release(project, data, gebietsstand)
    edition = release.plan(only=(ags,))[0]
    profile, matches = release.matches_of(edition)
    ranked = [
        {
            "slug": one.object.slug,
            "title": one.object.title,
            "giver": one.object.giver.name,
            **terms_record(one),
            "giver_population": one.giver_population,
        }
        for one in matches
    ]
    need_text, texts = _texts(release, edition)
    return MatchReport(edition.ags, edition.kreis.label, needs_record(profile), need_text, ranked, texts)


def _texts(release: Release, edition: Edition) -> tuple[str, dict[str, tuple[list[str], list[str]]]]:
    """What the edition says of its needs, and of each of its proposals: from a slice like the edition's own."""
    with tempfile.TemporaryDirectory() as folder:
        release.write_slice(Path(folder), edition)
        data = read_slice(Path(folder) / "slice")
    found = {one.object["slug"]: (reasons(data, one), counter_reasons(data, one)) for one in data.transfer}
    return need_profile(data).plain, found
