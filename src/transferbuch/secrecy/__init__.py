"""Secrecy of figures: what must not be published, what else hides it, and whether it can still be found out."""
