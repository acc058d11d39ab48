"""The submission folder: documents for a regulatory team, written from evidence.

No number in them is typed by hand: each comes from a file of evidence, by name and JSON pointer, and is recorded. What
only people can say stays open and visible. Nothing here is a submission, and nothing here is cleared by any authority.
"""

from wetread.regulatory.build import build
from wetread.regulatory.device import ClaimType, Device, load_device
from wetread.regulatory.fault import Fault
from wetread.regulatory.gaps import Gaps, gaps
from wetread.regulatory.verify import verify

__all__ = ["ClaimType", "Device", "Fault", "Gaps", "build", "gaps", "load_device", "verify"]
