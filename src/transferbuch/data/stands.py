"""Files that state no Stand although it is known: the source catalogue says it, with the reason."""

import dataclasses
from collections.abc import Mapping

from transferbuch.data.sources import Source, Undated
from transferbuch.data.store import DataPackage


def with_known_stands(package: DataPackage, sources: Mapping[str, Source]) -> DataPackage:
    """The package, in which files without Stand have the one that a source declares (`Source.undated`), if any does.

    A Stand that a file states itself is never replaced, and the `id` of the package stays.
    """
    known = {one.table: one.stand for one in undated_by_code(sources).values()}
    tables = tuple(
        one if one.stand else dataclasses.replace(one, stand=known.get(one.table, "")) for one in package.tables
    )
    return dataclasses.replace(package, tables=tables)


def undated_by_code(sources: Mapping[str, Source]) -> dict[str, Undated]:
    """What sources declare about files without Stand, by the table code of these files."""
    return {one.table: one for source in sources.values() for one in source.undated}
