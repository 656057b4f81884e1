"""Statistics on counts: shares, shrinkage, incidence. Numbers in, numbers out; no text, no client."""
