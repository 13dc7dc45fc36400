"""From executed notebooks to the static site: Jupyter Book, figures, portal, gates."""
