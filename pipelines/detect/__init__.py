"""Detectors: folds over sorted rows of many tracks, one file each."""
