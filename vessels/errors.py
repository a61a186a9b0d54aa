"""The one base of every error that this package raises on purpose."""


class VesselError(Exception):
    """Something about a vessel, a message or a watchlist cannot be used; the text says what, where and what to do."""
