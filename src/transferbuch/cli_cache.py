"""The commands `transferbuch cache …`."""

from typing import Annotated

import typer

from transferbuch.cli_options import AudienceOption

cache_app = typer.Typer(
    no_args_is_help=True,
    help="What builds keep: executed notebooks and finished editions, each under the fingerprint of its inputs. "
    "Everything in it can be made again; the site does not need it.",
)


@cache_app.command("info")
def cache_info(audience: AudienceOption = "public") -> None:
    """How many editions and notebooks are kept, and how much room they take."""
    from transferbuch.editions.cache import DEFAULT_LIMIT, GIB, Cache
    from transferbuch.project import find_project

    project = find_project(audience=audience)
    counts: dict[str, list[int]] = {}
    for kind, entry in Cache(project.build / "cache").entries():
        count = counts.setdefault(kind, [0, 0])
        count[0] += 1
        count[1] += entry.size
    for kind, (number, size) in sorted(counts.items()):
        print(f"{kind:10} {number:6}  {size / GIB:.2f} GiB")
    whole = sum(size for _, size in counts.values())
    print(f"{project.show(project.build / 'cache')}: {whole / GIB:.2f} of at most {DEFAULT_LIMIT / GIB:.0f} GiB")


@cache_app.command("prune")
def cache_prune(
    limit: Annotated[
        float,
        typer.Option(min=0, metavar="GIB", help="Room that may stay taken, in GiB; 0 empties the cache."),
    ] = 10.0,
    audience: AudienceOption = "public",
) -> None:
    """Remove what was not used for longest. Every build does so with the default limit; the site stays as it is."""
    from transferbuch.editions.cache import GIB, Cache
    from transferbuch.project import find_project

    removed, freed = Cache(find_project(audience=audience).build / "cache").prune(int(limit * GIB))
    print(f"{removed} entries removed, {freed / GIB:.2f} GiB")
