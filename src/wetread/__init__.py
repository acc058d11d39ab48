"""wetread: the preliminary reading of a chest radiograph for pneumonia, with its uncertainty and its evidence."""

__version__ = "0.4.0"
