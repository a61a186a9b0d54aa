"""Rules: what analysts write in TOML, checked, evaluated and explained."""
