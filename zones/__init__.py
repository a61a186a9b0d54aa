"""Where: coast, zones, ports, distances and geofencing. Knows no vessel and no store."""
