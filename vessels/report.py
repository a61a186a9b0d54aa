"""One shape for everything a vessel says: the wide report table, as decoded and as stored.

A row is one AIS message. Positions, static data and safety texts share the table, so that ordering, deduplication and
holding back are written once; what a message does not carry is null, and so is what it calls "not available".
Numbers keep the exact integers of ITU-R M.1371-5: positions in 1/600000 degree, speed in 0.1 kn, course in 0.1 degree.
"""

from typing import Final

import pyarrow as pa

POSITION_SCALE: Final = 600_000  # units a degree, ITU-R M.1371-5 table 48 (1/10 000 minute)
TENTHS: Final = 10  # units a knot or degree of speed and course, and a metre of draught

POSITION_TYPES: Final = (1, 2, 3, 9, 18, 19, 27)  # messages that say where a moving station is
STATIC_TYPES: Final = (5, 19, 24)  # messages that say who it is
TEXT_TYPES: Final = (12, 14)  # safety-related texts

# Said by the message itself: two rows equal in all of these within one second are one transmission heard twice.
CONTENT: Final = pa.schema(
    [
        ("mmsi", pa.int32()),
        ("msg_type", pa.int8()),
        ("utc_second", pa.int8()),  # 0-59 as sent, null when not available
        ("lat_e", pa.int32()),
        ("lon_e", pa.int32()),
        ("sog_e", pa.int16()),
        ("cog_e", pa.int16()),
        ("heading_deg", pa.int16()),
        ("rot_e", pa.int8()),  # ROT_AIS, -127..127: 4.733 * sqrt(degrees a minute); 127: over 5 degrees in 30 s
        ("nav_status", pa.int8()),  # 0-14; 15 "not defined" is null
        ("imo", pa.int32()),
        ("name", pa.string()),
        ("callsign", pa.string()),
        ("ship_type", pa.int16()),  # 1-255 as sent; 0 is null
        ("to_bow_m", pa.int16()),
        ("to_stern_m", pa.int16()),
        ("to_port_m", pa.int16()),
        ("to_starboard_m", pa.int16()),
        ("draught_e", pa.int16()),
        ("destination", pa.string()),
        ("eta", pa.string()),  # "MM-DDThh:mm" UTC as sent, "-" for a part not available
        ("text", pa.string()),
    ]
)

# Where it came from and how it was timed.
ORIGIN: Final = pa.schema(
    [
        ("time", pa.int64()),  # microseconds UTC
        ("clock", pa.string()),  # what gave the time: tag, tag-unchecked, tag-skewed, feed, second, start, receive
        ("source", pa.string()),  # the feed or file it was read from
        ("station", pa.string()),  # receiving station, null when not said
        ("receivers", pa.int16()),  # how many copies were heard
        ("file", pa.string()),  # first 16 hex of the content's sha256, or the stream's id
        ("offset", pa.int64()),  # byte offset of the (first) sentence in the decompressed content
        ("simulated", pa.bool_()),
    ]
)

REPORT: Final = pa.schema([*ORIGIN, *CONTENT])


def empty_reports() -> pa.Table:
    """Return a report table without rows."""
    return REPORT.empty_table()
