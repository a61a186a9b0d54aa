"""Runs it: feed, decode, sequence, store, detect, alert; command line."""
