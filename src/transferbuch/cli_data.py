"""The commands `transferbuch data …`: parse, call, print. What they call is imported when a command needs it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from transferbuch.cli_options import DataOption, JsonOption

data_app = typer.Typer(no_args_is_help=True, help="Official tables: fetch from the offices' database, import, check.")


@data_app.command("import")
def data_import(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="Official files exactly as downloaded, or folders "
            "with such files: GENESIS classic CSV, flat files (ffcsv) as csv or zip, INKAR exports (csv, xls), "
            "Gemeindeverzeichnis (xlsx), Umsteigeschlüssel and typologies of the BBSR (xlsx, csv), Statistische "
            "Berichte with flat sheets (xlsx), tables of small areas and other CSV files with a column of keys, "
            "boundaries (GeoJSON, TopoJSON, Shapefile).",
        ),
    ],
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Data package to add to. Default: _build/data.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import official tables and boundaries into a data package; refuses everything (exit 12) if one is broken."""
    from transferbuch.data.importer import import_files
    from transferbuch.project import find_project
    from transferbuch.site.progress import file_progress

    target = into or find_project().shared / "data"
    with file_progress() as progress:
        report = import_files(paths, target, progress)
    if as_json:
        import dataclasses
        import json

        print(
            json.dumps(
                {"package": report.package.id, "files": [dataclasses.asdict(file) for file in report.files]},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    for file in report.files:
        detail = f"table {file.table}, Stand {file.stand or 'not stated'}, {file.cells} cells. " if file.table else ""
        if file.boundaries:
            detail = f"{file.boundaries}, Gebietsstand {file.stand or 'not stated'}. "
        print(f"{file.outcome:9}  {file.file}  {detail}{file.why}".rstrip())
    print(
        f"{report.count('imported')} imported, {report.count('unchanged')} unchanged, {report.count('left out')} left "
        f"out; the data package has {len(report.package.tables)} tables and {len(report.package.boundaries)} sets of "
        f"boundaries (id {report.package.id})"
    )


@data_app.command("fetch")
def data_fetch(
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TABLE", help="Table codes, for example 12411-01-01-4. Default: all tables of the catalogue."
        ),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Data package to add to. Default: _build/data.")
    ] = None,
    source: Annotated[
        Literal["open", "rest"],
        typer.Option(
            help="`open`: the official open download, no account, newest year. `rest`: the GENESIS interface, all "
            "years, free account; token in TRANSFERBUCH_GENESIS_TOKEN (or TRANSFERBUCH_GENESIS_USER and "
            "TRANSFERBUCH_GENESIS_PASSWORD), or in the keyring as `transferbuch-genesis token`."
        ),
    ] = "open",
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Database to ask. Default: the Regionaldatenbank Deutschland.")
    ] = "",
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the downloads are kept. Default: _build/downloads.")
    ] = None,
) -> None:
    """Download official tables and import them; a broken run continues where it stopped.

    Asks politely: one request at a time, with pauses; a table that is too large comes in parts by years. A table that
    fails does not hold up the others; the exit code is then 12, and the same command asks only for what is missing.
    """
    from transferbuch.data.fetch import BASE_URL, FetchRequest, fetch_tables
    from transferbuch.project import find_project
    from transferbuch.site.progress import file_progress

    request = FetchRequest(
        into=into or find_project().shared / "data",
        keep=keep or find_project().shared / "downloads",
        tables=tuple(tables or ()),
        source=source,
        base_url=base_url or BASE_URL,
    )
    with file_progress() as progress:
        report = fetch_tables(request, progress)
    for line in report.recap():
        print(line)
    report.raise_for_failures()


@data_app.command("check")
def data_check(
    data: DataOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Print every finding, not only the worst ones.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit 12 if a figure is stopped.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check all figures of a data package: completeness, sums, jumps, breaks; what is refused is not published."""
    from transferbuch.project import find_project
    from transferbuch.site.quality_report import check_data

    report = check_data(find_project(), data)
    if as_json:
        import json

        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines(everything):
            print(line)
    if strict:
        report.raise_for_stopped()
