"""From plan to executed notebooks: which editions, their slices, papermill."""
