"""Whether a map that a network draws shows what it claims."""
