"""What keeps the sites of different audiences apart: the mark on every page, and folders that never overlap."""

import json
from collections.abc import Iterator
from pathlib import Path

from transferbuch.errors import Problem, UsageError
from transferbuch.project import Project
from transferbuch.vocabulary import AUDIENCES, INTERNAL_FOLDER, PUBLIC

REPORT = "build-report.json"
FICTIONAL_BANNER = "Modellregion – erfundene Daten"
INTERNAL_BANNER = "Interne Ausgabe – nicht zur Veröffentlichung"
INTERNAL_FOOTER = " Interne Angaben sind nicht zur Weitergabe bestimmt."
NO_ROBOTS = "noindex, nofollow"


def banner_of(audience: str, fictional: bool) -> str | None:
    """What stands on top of every page: that it is internal, that its figures are invented; None if neither."""
    parts = [INTERNAL_BANNER] if audience != PUBLIC else []
    return " · ".join([*parts, *([FICTIONAL_BANNER] if fictional else [])]) or None


def check_marked(site: Path) -> list[Problem]:
    """Pages of an internal site that do not say so, to readers or to search engines; sorted."""
    marks = (f'<meta name="robots" content="{NO_ROBOTS}"', INTERNAL_BANNER)
    return [
        Problem(path.relative_to(site).as_posix(), 0, "", "the page does not say that it is internal", code="unmarked")
        for path in sorted(site.rglob("*.html"))
        if not all(mark in path.read_text("utf-8") for mark in marks)
    ]


def refuse_foreign_out(project: Project, out: Path) -> None:
    """Raises UsageError if `out` is, lies in or holds the site of another audience, or holds files that are no site.

    A build replaces `out` as a whole, and keeps editions of the site that is there.
    """
    if problem := next(_faults(project, out.resolve()), None):
        raise UsageError(problem)


def _faults(project: Project, out: Path) -> Iterator[Problem]:
    for audience in AUDIENCES:
        other = (Project(project.root, audience).build / "site").resolve()
        if audience != project.audience and (out.is_relative_to(other) or other.is_relative_to(out)):
            yield _other_site(project, out, audience)
    if project.audience == PUBLIC and out.is_relative_to((project.shared / INTERNAL_FOLDER).resolve()):
        yield _other_site(project, out, INTERNAL_FOLDER)
    reports = [out / REPORT, *(folder / REPORT for folder in out.parents)]
    for report in [*reports, *(sorted(out.glob(f"*/{REPORT}")) if out.is_dir() else [])]:
        if report.is_file() and (audience := _audience_of(report)) != project.audience:
            yield _other_site(project, out, audience)
    if out.is_dir() and any(out.iterdir()) and not (out / REPORT).is_file():
        what, do = "the folder holds files that are no built site, and a build replaces it", "choose another folder"
        yield Problem("--out", 0, "", what, project.show(out), "an empty folder or a built site", do, "out-not-empty")


def _audience_of(report: Path) -> str:
    """Whom the site with this report is for; sites made before there were audiences are public."""
    try:
        return str(json.loads(report.read_text("utf-8")).get("audience", PUBLIC))
    except (ValueError, AttributeError):
        return PUBLIC


def _other_site(project: Project, out: Path, audience: str) -> Problem:
    what = f"the folder belongs to the site for another audience ({audience}); this build is for {project.audience}"
    do = f"leave --out away: the site then goes to {project.show(project.build / 'site')}"
    return Problem("--out", 0, "", what, project.show(out), "a folder of its own for each audience", do, "out-audience")
