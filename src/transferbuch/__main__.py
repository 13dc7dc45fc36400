from transferbuch.cli import main

main()
