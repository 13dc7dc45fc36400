"""The whole way: inputs → values → plan → slices → editions in parallel → portal → gates → the new site in place.

The new site is put together beside the old one and switched in at the end; until then, and after any refusal or
Ctrl-C, the old one stays as it was. What was finished before is in the cache: the next run goes on from there.
"""

import contextlib
import dataclasses
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from transferbuch.editions.cache import Cache, link
from transferbuch.editions.plan import Edition
from transferbuch.errors import EditionsFailed, Problem, ReleaseRefused, UsageError
from transferbuch.project import Project
from transferbuch.reference_day import reference_day
from transferbuch.regions.keys import edition_folder
from transferbuch.site.audience import REPORT, check_marked, refuse_foreign_out
from transferbuch.site.build_report import BuildReport, read_report, write_report
from transferbuch.site.edition import EditionResult, EditionTask, find_edition
from transferbuch.site.gates import check_site
from transferbuch.site.lock import only_build
from transferbuch.site.memory import give_back
from transferbuch.site.portal import Portal
from transferbuch.site.progress import Report
from transferbuch.site.release import Release, load_release
from transferbuch.site.slices import Slices
from transferbuch.site.tasks import Tasks
from transferbuch.site.workers import Stopped, build_editions
from transferbuch.transfer.reviews import overdue

PORTALS = "portals"
"""Kind of entries in the cache: the pages of the portal (`html/`)."""


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
    fail_fast: bool = False


def build_site(project: Project, request: BuildRequest, progress: Report) -> BuildReport:
    """Build what was asked for and switch it in. Raises PersonFileError, DataRefused, UsageError, ReleaseRefused, and
    EditionsFailed if the first failure is to stop the build."""
    refuse_foreign_out(project, request.out)
    with only_build(project.build):
        return _build(project, request, progress)


def _build(project: Project, request: BuildRequest, progress: Report) -> BuildReport:
    _recover(request.out)
    pa.set_memory_pool(pa.system_memory_pool())  # what is free is given back, below
    release = load_release(project, request.data, request.gebietsstand)
    give_back()
    plan = release.plan(request.only, request.laender)
    before = read_report(request.out)
    kept = _kept(before, release, plan, request)
    run = _Run(release, plan, [one.ags for one in kept], request, progress)
    results = sorted(run.results() + kept, key=lambda one: one.ags)
    report = _publish(release, request, results, before, run.portal)
    if run.built:
        Cache(project.build / "cache").prune()
    return dataclasses.replace(report, secrecy=run.audit.line() if run.audit.cells else "")


def describe_plan(project: Project, request: BuildRequest) -> list[str]:
    """What `build` would do: one line per edition with the reason, nothing is built."""
    refuse_foreign_out(project, request.out)
    release = load_release(project, request.data, request.gebietsstand)
    before = read_report(request.out)
    known = {one.ags for one in before.editions} if before else set()
    tasks, cache, lines = Tasks(release, request.force), Cache(project.build / "cache"), []
    for edition in release.plan(request.only, request.laender):
        task = tasks.task(edition, release.write_slice(project.build / "explain" / edition.folder, edition))
        why = "asked for by --force" if request.force else "inputs changed" if edition.ags in known else "new"
        if find_edition(cache, task.key) and not request.force:
            lines.append(f"cached {edition.ags} {edition.kreis.label}: up to date")
        else:
            lines.append(f"build  {edition.ags} {edition.kreis.label}: {len(task.chapters)} chapters, {why}")
    return sorted(lines, key=lambda line: line.startswith("cached"))


class _Run:
    """One pass over the planned editions: slices are written and the portal is built while workers build."""

    def __init__(
        self, release: Release, plan: list[Edition], others: list[str], request: BuildRequest, progress: Report
    ) -> None:
        self._release, self._request, self._progress = release, request, progress
        # editions with own tables first: what the audit refuses must not wait for the others
        self._plan = sorted(plan, key=lambda one: one.ags not in release.own_given.tables)
        self._cache = Cache(release.project.build / "cache")
        self._found: list[EditionResult] = []
        self._done = self._failed = 0
        self.built = 0
        self.portal = Portal(release, [*(one.ags for one in plan), *others])

    def results(self) -> list[EditionResult]:
        """Results of all planned editions, in no order."""
        self._progress(0, len(self._plan), "slices of data")
        try:
            built = build_editions(
                self._tasks(), self._request.workers, self._show, self._request.fail_fast, self._prepare_portal
            )
        except Stopped as stopped:
            what = f"stopped at the first failure, as asked for: {stopped}"
            raise EditionsFailed(Problem("--fail-fast", 0, "", what, code="edition-failed")) from None
        self.built = len(built)
        return self._found + built

    def _tasks(self) -> Iterator[EditionTask]:
        """Tasks for those that the cache does not have; own figures are audited before the first of the others."""
        tasks, slices = Tasks(self._release, self._request.force), Slices(self._release, self._cache)
        own = [one for one in self._plan if one.ags in self._release.own_given.tables]
        written = {edition.ags: slices.write(edition) for edition in own}
        self.audit = self._release.audit_slices((one.ags, slices.folder(one) / "slice") for one in own)
        for edition in self._plan:
            mark = written.get(edition.ags) or slices.fingerprint(edition)
            if not (mark and self._is_built(tasks.task(edition, mark))):
                mark = written.get(edition.ags) or slices.write(edition)
            task = tasks.task(edition, mark)
            if not self._is_built(task):
                yield task
                continue
            name, why = edition.kreis.label, "up to date"
            self._found.append(EditionResult(edition.ags, name, "cached", why=why, inputs=task.key))
            self._done += 1

    def _is_built(self, task: EditionTask) -> bool:
        return not self._request.force and find_edition(self._cache, task.key) is not None

    def _prepare_portal(self) -> None:
        """Have the portal in the cache when the last edition is ready; it is another one if an edition fails."""
        give_back()  # what writing the slices has left
        if self._request.portal:
            _pages_of(self.portal, self._cache, self._request.force)

    def _show(self, one: EditionResult) -> None:
        self._done += 1
        self._failed += one.failed
        failures = f"{self._failed} failed; " if self._failed else ""
        told = f"{failures}{one.ags} {one.name} {one.outcome} ({one.seconds:.1f} s)"
        self._progress(self._done, len(self._plan), told)


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
        if one.ags not in planned and not one.failed
    ]


def _recover(out: Path) -> None:
    """Undo a switch of sites that was broken off between its two steps."""
    old = _beside(out, "old")
    if old.is_dir() and not out.exists():
        os.rename(old, out)


def _beside(out: Path, what: str) -> Path:
    return out.with_name(f"{out.name}.{what}")


def _publish(
    release: Release,
    request: BuildRequest,
    results: list[EditionResult],
    before: BuildReport | None,
    prepared: Portal,
) -> BuildReport:
    """Put the new site together, check it and switch it in; whatever stops this, the old one is in its place then."""
    new = _beside(request.out, "new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        report = _assemble(release, request, results, before, prepared, new)
        old = _beside(request.out, "old")
        shutil.rmtree(old, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.rename(request.out, old)
        os.rename(new, request.out)
    except BaseException:  # Ctrl-C too
        _recover(request.out)
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return dataclasses.replace(report, site=Path(release.project.show(request.out)))


def _assemble(
    release: Release,
    request: BuildRequest,
    results: list[EditionResult],
    before: BuildReport | None,
    prepared: Portal,
    new: Path,
) -> BuildReport:
    """The whole site in the folder `new`. Raises ReleaseRefused, the site is then in `_build/refused`; UsageError if
    somebody has emptied the cache."""
    (new / "kommunen").mkdir(parents=True)
    cache, books = Cache(release.project.build / "cache"), {}
    published = [one for one in results if not one.failed]
    for one in published:
        name = f"kommunen/{edition_folder(one.ags)}"
        edition = find_edition(cache, one.inputs)
        if not edition and one.outcome != "kept":  # never the old pages for new ones
            what, do = "an edition is gone: the cache was emptied while the build ran", "run the same command again"
            raise UsageError(Problem(name, 0, "", what, do=do, code="cache-emptied"))
        shutil.copytree(edition.html if edition else request.out / name, new / name, copy_function=link)
        if edition:
            books[name] = edition.links
    portal = Portal(release, [one.ags for one in published])
    if portal.editions == prepared.editions:
        portal = prepared
    outcome, portal_mark = _portal(portal, cache, request, before, new)
    problems = check_site(new, books)
    problems += check_marked(new) if release.project.is_internal else []
    if problems:
        refused = release.project.build / "refused"
        shutil.rmtree(refused, ignore_errors=True)
        shutil.move(new, refused)
        raise ReleaseRefused(problems)
    facts = (release.package.id, release.gebietsstand, tuple(results), outcome, portal_mark, release.project.audience)
    late = tuple(overdue(release.inputs.objects, reference_day()))
    report = BuildReport(request.out, *facts, overdue=late)
    write_report(new / REPORT, report)
    return report


def _portal(
    portal: Portal, cache: Cache, request: BuildRequest, before: BuildReport | None, new: Path
) -> tuple[str, str]:
    """Put the portal into `new`, or take the old one over; returns (outcome, fingerprint of its inputs)."""
    if not request.portal:
        for path in request.out.iterdir() if request.out.is_dir() else []:
            if path.name in ("kommunen", REPORT):
                continue
            if path.is_dir():
                shutil.copytree(path, new / path.name, copy_function=link)
            else:
                link(path, new / path.name)
        return "not asked for", before.portal_inputs if before else ""
    shutil.copytree(_pages_of(portal, cache), new, copy_function=link, dirs_exist_ok=True)
    return "up to date" if before and before.portal_inputs == portal.inputs else "built", portal.inputs


def _pages_of(portal: Portal, cache: Cache, force: bool = False) -> Path:
    """Folder of the portal's pages in the cache, where they are put if need be."""
    if force:
        cache.drop(PORTALS, portal.inputs)
    entry = cache.find(PORTALS, portal.inputs) or cache.keep(
        PORTALS, portal.inputs, lambda folder: portal.build(folder / "html")
    )
    return entry / "html"
