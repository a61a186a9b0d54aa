"""What can go wrong while drawing."""


class MapError(Exception):
    """A map cannot be drawn; the message says what is wrong with what, and what to do."""
