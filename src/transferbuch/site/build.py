"""The whole way: inputs → values → plan → slices → editions in parallel → portal → gates → the new site in place.

The new site is put together beside the old one and switched in at the end; until then, and after any refusal or
Ctrl-C, the old one stays as it was.
"""

import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import multiprocessing
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from transferbuch.editions.execute import NotebookFailed, execute_notebook
from transferbuch.editions.fingerprints import code_hash
from transferbuch.editions.forms import pages_of
from transferbuch.editions.plan import Edition
from transferbuch.editions.templates import Template, load_template
from transferbuch.errors import EditionsFailed, Problem, ReleaseRefused, UsageError
from transferbuch.project import Project
from transferbuch.regions.keys import edition_folder
from transferbuch.site.audience import REPORT, check_marked, refuse_foreign_out
from transferbuch.site.brand import brand_of
from transferbuch.site.checks import overdue_json, review_lines
from transferbuch.site.edition import EditionResult, EditionTask, build_edition, edition_title
from transferbuch.site.gates import check_site
from transferbuch.site.portal import build_portal, portal_inputs
from transferbuch.site.progress import Report
from transferbuch.site.release import Release, load_release
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.reviews import overdue, reference_day
from transferbuch.vocabulary import INTERNAL_FOLDER, PUBLIC


@dataclass(frozen=True)
class BuildRequest:
    """What the command line asked for; `data` is a folder, the word `modellregion`, or empty for the default.

    `gebietsstand`: ISO date, empty for the default.
    """

    data: str
    out: Path
    only: tuple[str, ...] = ()
    laender: tuple[str, ...] = ()
    gebietsstand: str = ""
    workers: int = 1
    force: bool = False
    portal: bool = True


@dataclass(frozen=True)
class BuildReport:
    """Result of a build, one entry per edition of the site, sorted by key."""

    site: Path
    data_package: str
    gebietsstand: str
    editions: tuple[EditionResult, ...]
    portal: str = ""
    portal_inputs: str = ""
    audience: str = PUBLIC
    secrecy: str = ""
    """What the audit of own figures looked at, for people; not part of the written report."""
    overdue: tuple[TransferObject, ...] = ()
    """Transfer objects whose day of review is over; the written report holds slug and day."""

    def recap(self) -> list[str]:
        """Lines for people: totals first, then every failure with how to rerun it."""
        counts = {
            outcome: sum(one.outcome == outcome for one in self.editions)
            for outcome in ("ok", "cached", "kept", "failed")
        }
        texts = {"ok": "built", "cached": "up to date", "kept": "kept as they were", "failed": "failed"}
        total = ", ".join(f"{count} {texts[outcome]}" for outcome, count in counts.items() if count) or "no edition"
        lines = [
            f"{len(self.editions)} editions: {total}. Data package {self.data_package}, "
            f"Gebietsstand {self.gebietsstand}. Portal: {self.portal}."
        ]
        lines += [f"  failed {one.ags} {one.name}: {one.why}" for one in self.editions if one.outcome == "failed"]
        if self.audience != PUBLIC:
            lines.append(f"Internal site ({self.audience}): publish it only behind the municipality's own login.")
        lines += [f"Secrecy of own figures: {self.secrecy}."] * bool(self.secrecy)
        lines += [f"Overdue: {line}" for line in review_lines(self.overdue)]
        lines.append(f"The site is in {self.site}. To read it: transferbuch serve --out {self.site}")
        return lines

    def raise_for_failures(self) -> None:
        """Raises EditionsFailed (exit 11) naming the failed editions, if there are any."""
        failed = [one for one in self.editions if one.outcome == "failed"]
        if failed:
            raise EditionsFailed(
                Problem(
                    f"kommunen/{edition_folder(one.ags)}",
                    0,
                    "",
                    f"the edition of {one.name} failed and is left out: {one.why}",
                    code="edition-failed",
                )
                for one in failed
            )


def build_site(project: Project, request: BuildRequest, progress: Report) -> BuildReport:
    """Build what was asked for and switch it in. Raises PersonFileError, DataRefused, UsageError, ReleaseRefused."""
    refuse_foreign_out(project, request.out)
    release = load_release(project, request.data, request.gebietsstand)
    plan = release.plan(request.only, request.laender)
    before = _read_report(request.out)
    tasks, results = _prepare(release, plan, request, before)
    audit = release.audit_slices((one.ags, project.build / "work" / one.folder / "slice") for one in plan)
    results += _run(tasks, request.workers, progress, done=len(results), total=len(plan))
    results += _kept(before, release, plan, request)
    results.sort(key=lambda one: one.ags)
    report = _publish(release, request, results, before)
    return dataclasses.replace(report, secrecy=audit.line() if audit.cells else "")


def describe_plan(project: Project, request: BuildRequest) -> list[str]:
    """What `build` would do: one line per edition with the reason, nothing is built."""
    refuse_foreign_out(project, request.out)
    release = load_release(project, request.data, request.gebietsstand)
    before = _read_report(request.out)
    tasks, cached = _prepare(release, release.plan(request.only, request.laender), request, before)
    known = {one.ags for one in before.editions} if before else set()
    lines = [
        f"build  {task.kreis.ags} {task.kreis.label}: {len(task.chapters)} chapters, "
        + ("asked for by --force" if request.force else "inputs changed" if task.kreis.ags in known else "new")
        for task in tasks
    ]
    return lines + [f"cached {one.ags} {one.name}: up to date" for one in cached]


def run_notebook(
    project: Project, notebook: Path, ags: str, out: Path | None, data: str, gebietsstand: str = "", form: str = ""
) -> str:
    """Run one notebook for one municipality; returns the path of the executed notebook as shown to people.

    form: id of the declared report form, for the notebook of one; "": the first.
    """
    if notebook.resolve().parent.name == INTERNAL_FOLDER and not project.is_internal:
        what, do = "this chapter is internal", "add --audience internal"
        raise UsageError(Problem("--audience", 0, "", what, project.show(notebook), do=do, code="access"))
    template = load_template(notebook, project.show(notebook))
    release = load_release(project, data, gebietsstand)
    edition = release.plan(only=(ags,))[0]
    template = _with_form(template, edition, form)
    folder = project.build / "run" / edition.folder
    release.write_slice(folder, edition)
    target = out or project.build / "run" / f"{edition.folder}-{template.name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        execute_notebook(template, ags, folder, target)
    except NotebookFailed as failed:
        raise EditionsFailed(
            Problem(
                project.show(notebook),
                0,
                f"cell {failed.cell}",
                f"{failed.error}: {failed.message}",
                do="correct the cell and run again",
                code="notebook-failed",
            )
        ) from None
    return project.show(target)


def _with_form(template: Template, edition: Edition, form: str) -> Template:
    """The notebook as the page of the asked form; raises UsageError when the municipality declares no such form."""
    pages = {one.form: one for one in pages_of(template, edition.parameters.formats) if one.form}
    if form in pages or pages and not form:
        return pages[form] if form else next(iter(pages.values()))
    if not form:
        return template
    what = "the municipality declares no such form for this notebook"
    expected = f"one of {', '.join(pages)}" if pages else "a form declared under `formats`"
    raise UsageError(Problem("--form", 0, "", what, form, expected, "choose another id", "unknown-form"))


def _prepare(
    release: Release, plan: list[Edition], request: BuildRequest, before: BuildReport | None
) -> tuple[list[EditionTask], list[EditionResult]]:
    """Slices of all editions; tasks for those whose inputs changed, results for those that are up to date."""
    known = {one.ags: one for one in before.editions} if before else {}
    code = code_hash()
    chapters = {path: path.read_bytes() for edition in plan for path in [one.path for one in edition.chapters]}
    tasks, cached = [], []
    for edition in plan:
        folder = release.project.build / "work" / edition.folder
        mark = hashlib.sha256(release.write_slice(folder, edition).encode())
        mark.update(f"{code} {edition.subtitle} {release.inputs.glossary}".encode())
        brand = brand_of(release.project, edition.parameters)
        mark.update(f"{brand.name} {brand.style}".encode() if brand else b"")
        mark.update(brand.logo.read_bytes() if brand and brand.logo else b"")
        for chapter in edition.chapters:
            mark.update(chapter.name.encode() + chapters[chapter.path])
        former = known.get(edition.ags)
        if (
            former
            and former.inputs == mark.hexdigest()
            and not request.force
            and (request.out / "kommunen" / edition.folder / "index.html").is_file()
        ):
            cached.append(dataclasses.replace(former, outcome="cached", seconds=0.0, notebooks={}, why="up to date"))
        else:
            report = edition.report
            title = edition_title(edition.kreis, report.title if report else edition.parameters.title)
            tasks.append(
                EditionTask(
                    edition.kreis,
                    title,
                    edition.parameters.contact,
                    edition.chapters,
                    tuple(sorted(release.seen_by(edition)["stand"].unique())),
                    folder,
                    mark.hexdigest(),
                    edition.audience,
                    edition.subtitle,
                    release.inputs.glossary,
                    report.question if report else "",
                    brand,
                )
            )
    return tasks, cached


def _run(tasks: list[EditionTask], workers: int, progress: Report, done: int, total: int) -> list[EditionResult]:
    if not tasks:
        return []
    progress(done, total, f"{len(tasks)} to build")
    results: list[EditionResult] = []
    # spawn: a fork of a process with threads (Arrow) may hang
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context) as pool:
        try:
            for future in concurrent.futures.as_completed([pool.submit(build_edition, task) for task in tasks]):
                results.append(future.result())
                one = results[-1]
                progress(done + len(results), total, f"{one.ags} {one.name} {one.outcome} ({one.seconds:.1f} s)")
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
    return results


def _kept(
    before: BuildReport | None, release: Release, plan: list[Edition], request: BuildRequest
) -> list[EditionResult]:
    """Editions of the old site that nobody asked to rebuild and that show the same data: they stay."""
    if not before or not (request.only or request.laender):
        return []
    if (before.data_package, before.gebietsstand) != (release.package.id, release.gebietsstand):
        return []
    planned = {edition.ags for edition in plan}
    return [
        dataclasses.replace(one, outcome="kept", seconds=0.0, notebooks={}, why="not asked for")
        for one in before.editions
        if one.ags not in planned and one.outcome != "failed"
    ]


def _publish(
    release: Release, request: BuildRequest, results: list[EditionResult], before: BuildReport | None
) -> BuildReport:
    new = request.out.with_name(request.out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    (new / "kommunen").mkdir(parents=True)
    for one in results:
        name = edition_folder(one.ags)
        target = new / "kommunen" / name
        if one.outcome == "ok":
            shutil.copytree(release.project.build / "work" / name / "html", target)
        elif one.outcome != "failed":
            shutil.copytree(request.out / "kommunen" / name, target, copy_function=_link)
    published = [one for one in results if one.outcome != "failed"]
    outcome, portal_inputs = _portal(release, request, published, before, new)
    changed = {one.ags for one in results if one.outcome == "ok"}
    problems = check_site(new) if changed or outcome == "built" else []
    problems += check_marked(new) if release.project.is_internal else []
    if problems:
        refused = release.project.build / "refused"
        shutil.rmtree(refused, ignore_errors=True)
        shutil.move(new, refused)
        raise ReleaseRefused(problems)
    facts = (release.package.id, release.gebietsstand, tuple(results), outcome, portal_inputs, release.project.audience)
    late = tuple(overdue(release.inputs.objects, reference_day()))
    report = BuildReport(request.out, *facts, overdue=late)
    _write_report(new / REPORT, report)
    old = request.out.with_name(request.out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.rename(request.out, old)
    os.rename(new, request.out)
    shutil.rmtree(old, ignore_errors=True)
    return dataclasses.replace(report, site=Path(release.project.show(request.out)))


def _portal(
    release: Release, request: BuildRequest, published: list[EditionResult], before: BuildReport | None, new: Path
) -> tuple[str, str]:
    """Build the portal into `new`, or take the old one over; returns (outcome, fingerprint of its inputs)."""
    editions = [one.ags for one in published]
    mark = portal_inputs(release, editions)
    current = before is not None and before.portal_inputs == mark and (request.out / "index.html").is_file()
    if not request.force and current or not request.portal:
        for path in request.out.iterdir() if request.out.is_dir() else []:
            if path.name not in ("kommunen", REPORT):
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, new / path.name)
        return ("up to date" if current else "not asked for", before.portal_inputs if before else "")
    build_portal(release, editions, new)
    return "built", mark


def _link(source: str, target: str) -> None:
    """Hard link instead of a copy: an edition that did not change costs no disk and no time."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _write_report(path: Path, report: BuildReport) -> None:
    content = {
        "audience": report.audience,
        "data_package": report.data_package,
        "gebietsstand": report.gebietsstand,
        "portal": report.portal,
        "portal_inputs": report.portal_inputs,
        "overdue": overdue_json(report.overdue),
        "editions": [dataclasses.asdict(one) for one in report.editions],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read_report(site: Path) -> BuildReport | None:
    """Report of the site that is there; None if there is none or it is of another version (all is built then)."""
    try:
        content = json.loads((site / REPORT).read_text(encoding="utf-8"))
        return BuildReport(
            site,
            content["data_package"],
            content["gebietsstand"],
            tuple(EditionResult(**one) for one in content["editions"]),
            content["portal"],
            content["portal_inputs"],
            content["audience"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
