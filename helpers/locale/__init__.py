"""The Russian and Ukrainian catalogues; ``python -m helpers.locale`` brings them up to date."""
