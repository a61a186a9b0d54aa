"""One sentence of every type that is decoded, made by the encoder or bit by bit, and the integers that went in."""

SHIP, BASE = 247_320_100, 2_470_001  # who sends them: base stations types 4 and 11, the ship all others

# Type and part: the lines, and what they say.
GOLDEN: dict[str, tuple[tuple[bytes, ...], dict[str, int | str]]] = {
    "1": (
        (b"!AIVDM,1,1,,A,13co>9>PAs<ovGwdkhgv3s?n0000,0*01",),
        {
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "sog_e": 123,
            "cog_e": 3_599,
            "heading_deg": 359,
            "utc_second": 59,
            "rot_e": -127,
            "nav_status": 14,
        },
    ),
    "2": (
        (b"!AIVDM,1,1,,A,23co>90Ois<ovGwdkhgv3s?n0000,0*3B",),
        {
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "sog_e": 123,
            "cog_e": 3_599,
            "heading_deg": 359,
            "utc_second": 59,
            "rot_e": 127,
            "nav_status": 0,
        },
    ),
    "3": (
        (b"!AIVDM,1,1,,A,33co>9>PAsC81`0kOqP>3s?n0000,0*41",),
        {
            "lat_e": 54_000_000,
            "lon_e": -108_000_000,
            "sog_e": 123,
            "cog_e": 3_599,
            "heading_deg": 359,
            "utc_second": 59,
            "rot_e": -127,
            "nav_status": 14,
        },
    ),
    "4": (
        (b"!AIVDM,1,1,,A,402FhLAvNodRpdovGwdkhgo00000,0*30",),
        {
            "year": 2_023,
            "month": 11,
            "day": 15,
            "hour": 12,
            "minute": 34,
            "utc_second": 56,
            "accuracy": 1,
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "fix_device": 7,
        },
    ),
    "5": (
        (
            b"!AIVDM,2,1,0,A,53co>902:N2TTg848<220h4AV0bw:1eQl000003wwp1w23?oswm5CRDp?`4i,0*21",
            b"!AIVDM,2,2,0,A,PF000000000,2*32",
        ),
        {
            "to_bow_m": 511,
            "to_stern_m": 1,
            "to_port_m": 63,
            "to_starboard_m": 2,
            "imo": 9_074_729,
            "callsign": "IK2ABC",
            "name": "  LADY J/2 [X]",
            "ship_type": 255,
            "draught_e": 255,
            "destination": "TUNIS > SFAX",
            "eta": "12-31T23:59",
        },
    ),
    "9": (
        (b"!AIVDM,1,1,,A,93co>900?v<ovGwdkhgkQ7P00000,0*16",),
        {
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "sog_e": 10_220,
            "cog_e": 900,
            "utc_second": 30,
        },
    ),
    "11": (
        (b"!AIVDM,1,1,,A,;02FhLAvNodRpdovGwdkhgo00000,0*3F",),
        {
            "year": 2_023,
            "month": 11,
            "day": 15,
            "hour": 12,
            "minute": 34,
            "utc_second": 56,
            "accuracy": 1,
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "fix_device": 7,
        },
    ),
    "12": (
        (b"!AIVDM,1,1,,A,<3co>90rprt4=1I41IPknfm>,0*4B",),
        {
            "text": "MAYDAY 36.5N",
        },
    ),
    "14": (
        (b"!AIVDM,1,1,,A,>3co>91<59B1@E=B37t,2*5A",),
        {
            "text": "SART TEST 1?",
        },
    ),
    "18": (
        (b"!AIVDM,1,1,,A,B3co>903wS=wUws<t;t040000000,0*53",),
        {
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "sog_e": 1_022,
            "cog_e": 1,
            "heading_deg": 0,
            "utc_second": 0,
        },
    ),
    "19": (
        (b"!AIVDM,1,1,,A,C3co>903wS=wUws<t;t04000JN`@v4t0000000000000Bwt0wQ00,0*27",),
        {
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "sog_e": 1_022,
            "cog_e": 1,
            "heading_deg": 0,
            "utc_second": 0,
            "to_bow_m": 511,
            "to_stern_m": 1,
            "to_port_m": 63,
            "to_starboard_m": 2,
            "name": "MOTH_B^",
            "ship_type": 37,
        },
    ),
    "21": (
        (b"!AIVDM,1,1,,A,E3co>9?RqHHH@:ab4QPh8:W:0h1nKw;wnIpGww0?pGuh10EPFVR@,4*14",),
        {
            "aid_type": 31,
            "name": "E2000 USTICA PUNTA CAVAZZI",
            "accuracy": 1,
            "lat_e": -20_123_457,
            "lon_e": 107_999_999,
            "to_bow_m": 511,
            "to_stern_m": 1,
            "to_port_m": 63,
            "to_starboard_m": 2,
            "fix_device": 15,
            "utc_second": 59,
            "off_position": 1,
            "virtual": 1,
        },
    ),
    "24A": (
        (b"!AIVDM,1,1,,A,H3co>90p4lF0tJ1ALDqAV0<P59<,2*76",),
        {
            "name": "NAME OF TWENTY CHARS",
        },
    ),
    "24B": (
        (b"!AIVDM,1,1,,A,H3co>94U00000001i2j3k4wp1w20,0*28",),
        {
            "to_bow_m": 511,
            "to_stern_m": 1,
            "to_port_m": 63,
            "to_starboard_m": 2,
            "ship_type": 37,
            "callsign": "A1B2C3D",
        },
    ),
    "27": (
        (b"!AIVDM,1,1,,A,K3co>91nUouRjwFL,0*00",),
        {
            "lat_e": -20_123_000,
            "lon_e": 107_999_000,
            "sog_e": 620,
            "cog_e": 3_590,
            "nav_status": 7,
        },
    ),
}
