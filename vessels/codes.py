"""Words for AIS code numbers (ITU-R M.1371-5: ship types in table 53, navigation status in table 48)."""

from typing import Final

FAMILIES: Final = (
    "cargo",
    "tanker",
    "passenger",
    "fishing",
    "pleasure",
    "tug",
    "pilot",
    "rescue",
    "authority",
    "other",
)
_FAMILY: Final = {
    30: "fishing",
    31: "tug",  # towing
    32: "tug",  # towing, over 200 m long or 25 m wide
    35: "authority",  # military
    36: "pleasure",  # sailing
    37: "pleasure",
    50: "pilot",
    51: "rescue",
    52: "tug",
    55: "authority",  # law enforcement
}
_FAMILY_OF_TEN: Final = {6: "passenger", 7: "cargo", 8: "tanker"}
_ROLES: Final = ("tug", "pilot", "rescue", "authority")

NAV_STATUS: Final = (
    "under way using engine",
    "at anchor",
    "not under command",
    "restricted manoeuvrability",
    "constrained by her draught",
    "moored",
    "aground",
    "engaged in fishing",
    "under way sailing",
    "reserved for high-speed craft",
    "reserved for wing in ground",
    "towing astern",
    "pushing ahead or towing alongside",
    "reserved",
    "AIS-SART, MOB or EPIRB active",
)
DISTRESS_STATUS: Final = 14


def family(ship_type: int | None) -> str:
    """Return the family of a ship type: one of FAMILIES; "other" for what is not known or not listed."""
    if ship_type is None:
        return "other"
    return _FAMILY.get(ship_type) or _FAMILY_OF_TEN.get(ship_type // 10, "other")


def role(ship_type: int | None) -> str | None:
    """Return what the ship is there for, where its type says so (rescue, authority, pilot, tug), or None.

    The type is what the crew typed in: a role lowers an alert, it never clears a vessel.
    """
    word = family(ship_type)
    return word if word in _ROLES else None


def nav_status_word(status: int | None) -> str:
    """Return a navigation status in words."""
    return NAV_STATUS[status] if status is not None and 0 <= status < len(NAV_STATUS) else "not defined"
