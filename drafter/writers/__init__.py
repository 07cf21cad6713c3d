"""Writers: a situation becomes a draft."""
