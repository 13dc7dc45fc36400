"""German for the interface texts that Sphinx and its themes leave in English although `language` is `de`.

The one table for that. Everything else on a page is German because its template in `assets/theme` is.
"""

IN_PAGES = {
    "Link to this heading": "Link zu dieser Überschrift",
    "Link to this table": "Link zu dieser Tabelle",
    "Link to this image": "Link zu diesem Bild",
    "Link to this code": "Link zu diesem Quelltext",
    "Link to this definition": "Link zu dieser Definition",
    "Link to this term": "Link zu diesem Begriff",
    "Link to this toctree": "Link zu diesem Inhaltsverzeichnis",
    "Link to this equation": "Link zu dieser Formel",
}
"""Texts of Sphinx's HTML writer → German; asked only where Sphinx's own German catalogue has nothing."""

IN_SCRIPTS = {
    ", in ": ", in ",
    "Hide Search Matches": "Hervorhebung der Suchwörter entfernen",
    "Preparing search...": "Suche wird vorbereitet …",
    "Search Results": "Suchergebnisse",
    "Search finished, found ${resultCount} page(s) matching the search query.": "Seiten mit Treffern: ${resultCount}",
    "Searching": "Suche läuft",
    "Your search did not match any documents. Please make sure that all words are spelled correctly and that "
    "you've selected enough categories.": "Keine Seite enthält alle "
    "Suchwörter. Prüfen Sie die Schreibweise oder suchen Sie nach weniger Wörtern.",
}
"""Texts of Sphinx's search and highlighting scripts → German; replaces Sphinx's own file."""
