"""Rules: where and how much an event matters, in TOML that an analyst reads and writes."""
