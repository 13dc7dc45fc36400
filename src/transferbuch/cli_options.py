"""Options of the command line that several commands have, each with the one help text that teaches it."""

from typing import Annotated

import typer

DataOption = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Data package to use, or the word `modellregion` for the embedded "
        "fictional data. Default: _build/data if it exists, else modellregion.",
    ),
]
GebietsstandOption = Annotated[
    str,
    typer.Option(
        "--gebietsstand",
        metavar="YYYY-MM-DD",
        help="Day whose Kreise all figures are about; others are converted to them. Default: 2025-12-31.",
    ),
]
AudienceOption = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="NAME",
        help="For whom: `public` (default), `internal` (with everything internal), or a role that municipalities "
        "declare under `audiences`: leadership, council, department. All but public go to _build/intern/NAME.",
    ),
]
_WHICH = "Key of the municipality, five digits; a combined territory: 09463+09473."
AgsArgument = Annotated[str, typer.Argument(help=_WHICH)]
AgsOption = Annotated[str, typer.Option(help=_WHICH)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
