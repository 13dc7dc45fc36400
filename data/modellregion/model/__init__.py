"""The fictional model region: units, cohort model, themes, official file formats, planted faults."""
