"""The command line: parse, call, print, exit code. Everything else is imported when a command needs it.

The commands `transferbuch data …` are in `cli_data`, `transferbuch cache …` in `cli_cache`, options that several
commands have in `cli_options`.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
import typer.exceptions

from transferbuch.cli_cache import cache_app
from transferbuch.cli_data import data_app
from transferbuch.cli_options import AgsArgument, AgsOption, AudienceOption, DataOption, GebietsstandOption, JsonOption
from transferbuch.errors import EXIT_BUG, EXIT_OK, EXIT_STOPPED, EXIT_USAGE, TransferbuchError

app = typer.Typer(
    name="transferbuch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reports and transfer knowledge base for data-based municipal education management in Germany.\n\n"
    "First steps: `transferbuch build` makes the site of the fictional model region in _build/site; "
    "`transferbuch data import PATH…` takes over official tables; `transferbuch build --land 15` then publishes the "
    "editions of a Land.\n\n"
    "Exit codes: 0 ok, 2 usage, 10 a person's file is wrong, 11 some editions failed, 12 data refused, 13 a release "
    "gate refused, 1 our bug.",
)
app.add_typer(data_app, name="data")
app.add_typer(cache_app, name="cache")
new_app = typer.Typer(no_args_is_help=True, help="Begin a new file from a template that explains every field.")
app.add_typer(new_app, name="new")


@app.command()
def build(
    data: DataOption = "",
    audience: AudienceOption = "public",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the site goes. Default: _build/site, or _build/intern/NAME/site."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AGS",
            help="Build this municipality (repeatable); other editions of the site stay if they show the same data.",
        ),
    ] = None,
    land: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Build all Kreise of this Land, for example 15 (repeatable)."),
    ] = None,
    gebietsstand: GebietsstandOption = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Parallel processes. Default: number of cores.")] = (
        os.cpu_count() or 1
    ),
    force: Annotated[bool, typer.Option(help="Build editions again that are up to date.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be built and why, and stop.")] = False,
    portal: Annotated[
        bool,
        typer.Option(
            "--portal/--no-portal", help="Build the start page, transfer objects, indicators and methods too."
        ),
    ] = True,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first edition that fails, and publish nothing.")
    ] = False,
) -> None:
    """Build editions and portal into a static site; exit 11 if some editions failed (the others are published).

    Only what changed is made again, `transferbuch explain AGS` says what; Ctrl-C leaves the site as it was, and the
    next run goes on.
    """
    from transferbuch.project import find_project
    from transferbuch.reference_day import reference_day
    from transferbuch.site.unchanged import LastBuild

    project = find_project(audience=audience)
    target = out or project.build / "site"
    choice = {"data": data, "only": tuple(only or ()), "gebietsstand": gebietsstand, "portal": portal}
    choice["laender"] = tuple(land or ())
    last = LastBuild(project, target, choice, reference_day().isoformat())
    if not (force or dry_run) and (lines := last.lines()):
        print(*lines, sep="\n")
        return

    from transferbuch.site.build import BuildRequest, build_site, describe_plan
    from transferbuch.site.progress import build_progress

    request = BuildRequest(out=target, workers=workers, force=force, fail_fast=fail_fast, **choice)
    if dry_run:
        for line in describe_plan(project, request):
            print(line)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end a build in the same orderly way
    with build_progress() as progress:
        report = build_site(project, request, progress)
    print(*report.recap(), sep="\n")
    report.raise_for_failures()
    last.remember(report.unchanged().recap())


@app.command()
def audit(
    data: DataOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Name every official cell, not only how many.")] = False,
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="Keep what is published of own tables in parameters/<ags>-<name>/veroeffentlicht/<day>.csv; later "
            "releases are protected against being compared with it. Run it when a site goes online.",
        ),
    ] = False,
) -> None:
    """Check that no secret figure can be worked out from all that is published together (exit 13 if one can).

    Own tables of municipalities: bounds of every suppressed cell from totals, parts, shares, wider areas, official
    figures, classes of areas and earlier releases. Official tables: whether figures derived here narrow a secret cell.
    `transferbuch build` does the same before it publishes.
    """
    from transferbuch.project import find_project
    from transferbuch.site.secrecy_report import audit_release

    for line in audit_release(find_project(), data, record).lines(everything):
        print(line)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]…",
            help="Files or folders, for example book/transfer/my-example.md: only their faults are told, and those "
            "that name them. Default: everything.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check everything that a person writes, internal too: parameters, own tables, catalogue, notebooks, pages.

    Exit 10 if a file is wrong, each fault with file, line and what to do. A transfer object whose review is overdue is
    told as a notice and is no fault. With paths it is quick enough to run whenever an editor saves.
    """
    import gc

    gc.disable()  # a short run keeps nearly all that it makes: looking for garbage takes a seventh of its time
    from transferbuch.project import find_project
    from transferbuch.site.checks import check_all, check_files

    found = check_files(find_project(), paths) if paths else check_all(find_project())
    if as_json:
        import json

        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        if found.error:
            raise typer.Exit(found.error.exit_code)
        return
    for notice in found.notices():
        print(f"notice: {notice}")
    if found.error:
        raise found.error
    state = "no fault found" if found.elsewhere else "all in order"
    print(f"{state}: " + ", ".join(f"{count} {what}" for what, count in found.counts.items()))


@new_app.command("transfer")
def new_transfer(
    slug: Annotated[
        str,
        typer.Argument(
            metavar="SLUG",
            help="Name of the page, as in its address, and for ever: place, then what it is, for example "
            "leer-bildungsbericht. Lower-case letters a–z, digits, single hyphens.",
        ),
    ],
    title: Annotated[str, typer.Option(help="Title of the example, German, at most 110 characters.")] = "",
    ags: Annotated[
        str,
        typer.Option(
            metavar="AGS",
            help="Key of the Kreis the example comes from, also a dissolved one: fills in name, type and Land.",
        ),
    ] = "",
) -> None:
    """Begin a transfer object: write book/transfer/SLUG.md from a commented template.

    Each field of its head says what it means and which values it takes; each section asks what its text should answer.
    Replace every AUSFÜLLEN; until then `transferbuch check` names each one with its line, and no build takes the page.
    Exit 2 if the slug is taken or is none.
    """
    from transferbuch.project import find_project
    from transferbuch.reference_day import reference_day
    from transferbuch.transfer.template import write_template

    project = find_project()
    page = project.show(write_template(project, slug, title, ags, reference_day()))
    print(f"written: {page}")
    print("Next: replace every AUSFÜLLEN in it, and delete sections that the source says nothing about.")
    print(f"  transferbuch check {page}    what is still missing or wrong, with lines")
    print("  transferbuch serve --watch    shows the page while you write")


@app.command()
def match(
    ags: AgsArgument,
    data: DataOption = "",
    gebietsstand: GebietsstandOption = "",
    audience: AudienceOption = "public",
    as_json: JsonOption = False,
) -> None:
    """What a municipality needs and which transfer objects fit it, with reasons and counter-reasons.

    Score = need × √fit. Weights: src/transferbuch/catalogue/matching.yml; the method for readers:
    book/methodik/transfer.md. With --json every term of the score of every object.
    """
    from transferbuch.project import find_project
    from transferbuch.site.match_report import match_municipality

    report = match_municipality(find_project(audience=audience), ags, data, gebietsstand)
    if as_json:
        import json

        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        return
    for line in report.lines():
        print(line)


@app.command()
def explain(
    ags: AgsArgument,
    data: DataOption = "",
    gebietsstand: GebietsstandOption = "",
    audience: AudienceOption = "public",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Site that is asked about. Default: that of the audience.")
    ] = None,
) -> None:
    """Why an edition of the site is up to date or not: every input that changed, old and new. Builds nothing."""
    from transferbuch.project import find_project
    from transferbuch.site.explain import explain_edition

    print(explain_edition(find_project(audience=audience), ags, data, gebietsstand, out))


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="Notebook template, for example notebooks/ueberblick.ipynb.")],
    ags: AgsOption,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Executed notebook. Default: _build/run/<ags>-<name>.ipynb.")
    ] = None,
    data: DataOption = "",
    gebietsstand: GebietsstandOption = "",
    audience: AudienceOption = "public",
    form: Annotated[
        str,
        typer.Option(metavar="ID", help="Notebook of a report form: which of the declared ones. Default: the first."),
    ] = "",
) -> None:
    """Run one notebook for one municipality with exactly the data that its edition uses."""
    from transferbuch.project import find_project
    from transferbuch.site.run import run_notebook

    print(run_notebook(find_project(audience=audience), notebook, ags, out, data, gebietsstand, form))


@app.command()
def serve(
    audience: AudienceOption = "public",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Site to show. Default: that of the audience, _build/site.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8000,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Show saved pages of book/ at once, faults with file and line, and reload the browser."
        ),
    ] = False,
) -> None:
    """Show the built site at http://127.0.0.1:PORT until Ctrl-C (search needs a server, not file://).

    With --watch the pages of book/ are built at the start and whenever one is saved; a page with a fault stays as it
    was, and says what is wrong. Not built again: editions, pages of indicators and data, which come from the built
    site if there is one; and the navigation on pages that did not change.
    """
    from transferbuch.project import find_project

    project = find_project(audience=audience)
    site = out or project.build / "site"
    if watch:
        from transferbuch.site.preview import serve_preview

        serve_preview(project, site, port)
    else:
        from transferbuch.site.server import serve_site

        serve_site(site, port)


def main() -> None:
    """Entry point: turns errors into text on standard error and into the documented exit code."""
    try:
        code = app(standalone_mode=False, prog_name="transferbuch")
        if code == EXIT_STOPPED:  # what typer makes of Ctrl-C
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else EXIT_OK)
    except TransferbuchError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; the site is as it was before", file=sys.stderr)
        sys.exit(EXIT_STOPPED)
    except typer.exceptions.TyperException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except Exception as error:
        if os.environ.get("TRANSFERBUCH_DEBUG"):
            raise
        print(
            f"internal error: {type(error).__name__}: {error}. This is a bug in Transferbuch, not in your files. "
            "Do: run again with TRANSFERBUCH_DEBUG=1 and report the traceback. [bug]",
            file=sys.stderr,
        )
        sys.exit(EXIT_BUG)


if __name__ == "__main__":
    main()
