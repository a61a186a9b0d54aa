"""Who: AIS reports, vessel identities, events, alerts and the watchlist. Knows no place and no store."""
