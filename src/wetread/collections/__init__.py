"""Public collections as one tidy table with verified files."""

from wetread.collections.door import load
from wetread.collections.lists import list_hash

__all__ = ["list_hash", "load"]
