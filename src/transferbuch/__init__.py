"""Transferbuch: education reports and transfer objects for every Landkreis and kreisfreie Stadt in Germany."""

__version__ = "0.1.0"
