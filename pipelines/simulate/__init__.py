"""Simulated seas: ships told in a small language, heard by simulated stations, with the truth beside the radio."""

from pipelines.simulate.writing import Simulated, simulate

__all__ = ["Simulated", "simulate"]
