"""A synthetic frontal chest film with known truth, written as a CR, DX or SC object in any encoding.

For the demonstration, the golden set and the constancy check of an installed reader. It shows that a film takes the right
road through the software; it is never evidence of accuracy.

>>> from wetread.phantom import Encoding, film, picture
>>> film(1, size=(256, 210), encoding=Encoding(photometric="MONOCHROME1")).PresentationLUTShape
'INVERSE'
>>> picture(1, opacity=True, size=(256, 210))[1].side
'left'
"""

from __future__ import annotations

from wetread.phantom.encode import LOSSLESS_SYNTAXES, LOSSY_SYNTAXES, Encoding
from wetread.phantom.objects import film, write
from wetread.phantom.scene import Opacity, Truth, picture

__all__ = ["LOSSLESS_SYNTAXES", "LOSSY_SYNTAXES", "Encoding", "Opacity", "Truth", "film", "picture", "write"]
