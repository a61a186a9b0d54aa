"""Draws: maps and pages of what the pipelines found."""
