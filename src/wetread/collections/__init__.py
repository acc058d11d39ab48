"""Public collections as one tidy table with verified files."""

from wetread.collections.catalogue import entry
from wetread.collections.differences import differences
from wetread.collections.door import load
from wetread.collections.download import check_file, download
from wetread.collections.lists import list_hash

__all__ = ["check_file", "differences", "download", "entry", "list_hash", "load"]
