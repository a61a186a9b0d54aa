"""Sources of raw AIS, one file each."""
