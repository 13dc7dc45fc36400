"""Official tables in, observations out: readers of the official formats, the data package, the source catalogue."""
