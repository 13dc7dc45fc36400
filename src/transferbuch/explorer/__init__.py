"""The explorer of `notebooks/erkunden.ipynb`: figures of any municipality, shown as in editions, saved on request."""

from transferbuch.explorer.explorer import Explorer, open_explorer

__all__ = ["Explorer", "open_explorer"]
