"""`transferbuch check`: everything a person writes, or some files of it, with all faults in one report.

What is published of own tables (suppression, indices of areas) is computed for the check too, and takes longest. A run
that found it in order leaves the fingerprint of all that it rests on in `_build/check`; the same computation is then
left out as long as nothing of that changes. Everything else is checked every time.
"""

import dataclasses
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from transferbuch.editions.fingerprints import code_hash, tree_hash
from transferbuch.errors import PersonFileError, Problem, TransferbuchError, UsageError
from transferbuch.project import CATALOGUE, Project, visible_files
from transferbuch.reference_day import reference_day
from transferbuch.site.gates import check_machine
from transferbuch.site.glossary import load_glossary
from transferbuch.site.pages import load_pages
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.reviews import overdue
from transferbuch.vocabulary import INTERNAL, PUBLIC

if TYPE_CHECKING:  # slow to import, and a check of pages needs none of it
    from transferbuch.site.inputs import Inputs

READ = ("book", "catalogue", "notebooks", "parameters", "_toc.yml")
"""Where the files are that `check` reads, as messages name them."""
_NAMED = 10


@dataclass(frozen=True)
class Checked:
    """What a check found.

    counts: how many files of each kind were checked; empty if there is an error
    error: all faults, with the exit code they call for; None if there is none
    overdue: transfer objects whose day of review is over, which is no fault
    elsewhere: number of faults in files that were not asked for
    """

    counts: dict[str, int] = field(default_factory=dict)
    error: TransferbuchError | None = None
    overdue: tuple[TransferObject, ...] = ()
    elsewhere: int = 0

    def notices(self) -> list[str]:
        """What people should know and what is no fault of the files asked for."""
        others = f"{_number(self.elsewhere, 'fault')} in other files: transferbuch check"
        return review_lines(self.overdue) + [others] * bool(self.elsewhere)

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        problems = self.error.problems if self.error else ()
        return {
            "checked": self.counts,
            "problems": [dataclasses.asdict(one) for one in problems],
            "overdue": overdue_json(self.overdue),
            "elsewhere": self.elsewhere,
        }


def review_lines(late: Sequence[TransferObject]) -> list[str]:
    """Overdue reviews for people: slug, title, since when; of very many the first ones."""
    day = reference_day()
    lines = [
        f"{one.slug} „{one.title}“: the review was due on {one.next_review}, "
        f"{_number((day - one.next_review).days, 'day')} ago"
        for one in late[:_NAMED]
    ]
    more = f"{len(late) - _NAMED} more reviews are overdue: transferbuch check --json"
    return lines + [more] * (len(late) > _NAMED)


def overdue_json(late: Iterable[TransferObject]) -> list[dict[str, str]]:
    """The same for machines, without anything that is another tomorrow."""
    return [{"slug": one.slug, "next_review": one.next_review.isoformat()} for one in late]


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def check_all(project: Project) -> Checked:
    """Check everything that a person writes, internal too."""
    from transferbuch.site.inputs import load_inputs

    everything = dataclasses.replace(project, audience=INTERNAL)
    try:
        inputs = load_inputs(everything)
        indices = _own_figures_once(everything, lambda: _check_own_figures(everything, inputs))
        load_inputs(dataclasses.replace(project, audience=PUBLIC))  # must be whole without what is internal
        notebooks = visible_files(project.notebooks, "*.ipynb", True)
        if traces := [one for path in notebooks for one in check_machine(project.show(path), path.read_text("utf-8"))]:
            raise PersonFileError(traces)
    except TransferbuchError as error:
        return Checked(error=error)
    counts = {
        "sources": len(inputs.sources),
        "corrections": len(inputs.corrections),
        "reviews": len(inputs.reviews),
        "indicators": len(inputs.indicators),
        "ideas without open source": len(inputs.gaps),
        "notebooks": len(notebooks),
        "parameters files": len(inputs.parameters),
        "goals": sum(len(one.goals) for one in inputs.parameters.values()),
        "own tables": sum(len(tables) for tables in inputs.own_data.values()),
        "indices of areas": indices,
        "transfer objects": len(inputs.objects),
        "pages": len(inputs.pages),
        "terms of the glossary": len(inputs.glossary),
    }
    return Checked(counts, overdue=tuple(overdue(inputs.objects, reference_day())))


def _check_own_figures(project: Project, inputs: "Inputs") -> int:
    """Number of indices of areas; raises ReleaseRefused or PersonFileError."""
    from transferbuch.editions.own_figures import own_inputs, protect_own

    own = protect_own(project, inputs.parameters, own_inputs(project, inputs.own_data, None))
    return sum(map(len, own.areas.values()))


def _own_figures_once(project: Project, check: Callable[[], int]) -> int:
    """What `check` returns, without asking it again while parameters, own tables, register, code and libraries stay."""
    parts = [code_hash(), tree_hash(project.parameters), tree_hash(CATALOGUE / "register")]
    mark = hashlib.sha256(" ".join(parts).encode()).hexdigest()
    path = project.shared / "check" / "own-figures.txt"
    known = path.read_text("utf-8").split() if path.is_file() else []
    if known[:1] == [mark]:
        return int(known[1])
    count = check()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(f"{mark} {count}\n", encoding="utf-8")
    os.replace(part, path)
    return count


def check_files(project: Project, paths: Sequence[Path]) -> Checked:
    """Only the faults of these files or folders, found with all other files in view.

    Of a project's pages alone (`book/`) nothing else is loaded. A fault of another file that names one of these (its
    title is taken, it leads to nothing) is told as well; further ones are only counted.
    Raises UsageError for a path that is not there or that `check` does not read.
    """
    asked = [_asked(project, path) for path in paths]
    only_pages = all(name.split("/")[0] == "book" for name in asked)
    found = check_book(dataclasses.replace(project, audience=INTERNAL)) if only_pages else check_all(project)
    problems = found.error.problems if found.error else ()
    theirs = [one for one in problems if any(_concerns(one, name) for name in asked)]
    if theirs:
        return Checked(error=type(found.error)(theirs), elsewhere=len(problems) - len(theirs))
    slugs = {Path(name).stem for name in asked}
    return Checked(
        {"asked for": len(asked)}, None, tuple(one for one in found.overdue if one.slug in slugs), len(problems)
    )


def check_book(project: Project) -> Checked:
    """Check transfer objects and the other pages, as far as the project's audience may see them."""
    objects: dict[str, TransferObject] = {}
    found: list[Sequence] = []
    problems: list[Problem] = []
    try:
        objects = load_transfer_objects(project.transfer, project.is_internal)
    except PersonFileError as error:
        problems += error.problems
    for check in (lambda: load_pages(project), lambda: load_glossary(project.book / "glossar.md", "book/glossar.md")):
        try:
            found.append(check())
        except PersonFileError as error:
            problems += error.problems
    if problems:
        return Checked(error=PersonFileError(problems))
    pages, terms = found
    counts = {"transfer objects": len(objects), "pages": len(pages), "terms of the glossary": len(terms)}
    return Checked(counts, overdue=tuple(overdue(objects, reference_day())))


def _asked(project: Project, path: Path) -> str:
    """A path of the command line as messages name it."""
    if not path.exists():
        raise UsageError(Problem(str(path), 0, "", "there is no such file", do="check the path", code="no-file"))
    full = path.resolve()
    name = full.relative_to(CATALOGUE.parent).as_posix() if full.is_relative_to(CATALOGUE) else project.show(full)
    if name.split("/")[0] not in READ:
        places = "book/, notebooks/, parameters/, src/transferbuch/catalogue/ or _toc.yml"
        what, do = "this is nothing that `check` reads", "name one of these, or nothing for all of them"
        raise UsageError(
            Problem(project.show(full), 0, "", what, expected=f"files in {places}", do=do, code="no-input")
        )
    return name


def _concerns(problem: Problem, name: str) -> bool:
    """Whether a fault lies in the file or folder `name`, or names that file."""
    inside = problem.file == name or problem.file.startswith(f"{name.rstrip('/')}/")
    return inside or name in problem.do.split() or problem.value == Path(name).stem
