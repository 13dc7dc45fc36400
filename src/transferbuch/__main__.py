"""`python -m transferbuch`: the same as the command `transferbuch`."""

from transferbuch.cli import main

main()
