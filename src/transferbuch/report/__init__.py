"""What notebooks import: sentences, numbers, tables and charts of one edition. Writes no files."""

from transferbuch.report.edition import EditionReport, open_edition

__all__ = ["EditionReport", "open_edition"]
