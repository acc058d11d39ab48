"""A DICOM archive becomes an image set with a manifest, under pseudonyms, and goes on where it was stopped."""

from wetread.extract.options import Options
from wetread.extract.picture import to_picture, to_source
from wetread.extract.run import Summary, extract

__all__ = ["Options", "Summary", "extract", "to_picture", "to_source"]
