"""A released model as a folder that can prove itself."""

from wetread.bundle.card import CardThreshold, Metric, ModelCard
from wetread.bundle.folder import Bundle, load, save, verify
from wetread.bundle.released import find

__all__ = ["Bundle", "CardThreshold", "Metric", "ModelCard", "find", "load", "save", "verify"]
