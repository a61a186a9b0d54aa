"""Speed beside the peer in the same run, as ratios of CPU time."""
