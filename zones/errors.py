"""What can go wrong here."""


class ZoneError(Exception):
    """A zone, a zone file or the shipped geodata cannot be used; the text says what, where and what to do."""
