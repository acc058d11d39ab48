"""How a figure leaves: as SVG and PNG files on white, and as SVG that follows the page's light or dark theme.

Colours are the eight of Okabe and Ito (2008), which people of every colour vision tell apart; no figure says by colour
alone what it does not also say by place, shape or word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BLUE", "GREEN", "INK", "ORANGE", "RULE", "SERIES", "SOFT", "Drawn", "draw", "tidy"]

INK, SOFT, RULE = "#16202a", "#51606d", "#d5dce1"
BLUE, ORANGE, GREEN, PINK, OCHRE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#9a6f00", "#4a94c4"
SERIES = (BLUE, ORANGE, GREEN, PINK, OCHRE, SKY)

_WIDTH = 5.4  # inches; half of a page beside its text, and still legible on a telephone
_NAMES = {
    INK: "--ink", SOFT: "--soft", RULE: "--rule", BLUE: "--one", ORANGE: "--two", GREEN: "--three", PINK: "--four",
    OCHRE: "--five", SKY: "--six",
}  # fmt: skip
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 9.5, "text.color": INK, "axes.labelcolor": SOFT,
    "axes.edgecolor": SOFT, "xtick.color": SOFT, "ytick.color": SOFT, "axes.titlesize": 9.5, "axes.linewidth": 0.8, "axes.facecolor": "none",
    "legend.frameon": False, "legend.fontsize": 9, "axes.titlecolor": INK,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A figure: file contents, the SVG element for a page, and what it shows in words."""

    name: str
    svg: bytes
    inline: str
    alt: str
    _figure: Figure = field(repr=False)

    @property
    def png(self) -> bytes:
        """The same as a PNG file; made when asked for, because a page does without."""
        import matplotlib as mpl

        png = io.BytesIO()
        with mpl.rc_context(_SETTINGS):
            self._figure.savefig(png, format="png", dpi=160, facecolor="white", metadata={"Software": None})
        return png.getvalue()

    def __html__(self) -> str:
        """What a page takes as it is: the element, in which the words are escaped already."""
        return self.inline


def draw(name: str, alt: str, height: float, paint: Callable[[Figure], None]) -> Drawn:
    """Make a figure of a height in inches.

    Parameters
    ----------
    name
        Stem of its files, and prefix of the identifiers inside the SVG.
    alt
        What it shows, for those who do not see it.
    paint
        Draws into it.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({**_SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="none")
        FigureCanvasAgg(figure)
        paint(figure)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once; every format would do it again
        clear = io.BytesIO()
        figure.savefig(clear, format="svg", metadata={"Date": None, "Creator": None, "Title": alt})
    text = clear.getvalue().decode()
    return Drawn(name, _on_white(text).encode(), _inline(text, name, alt), alt, figure)


def _on_white(text: str) -> str:
    """The file's background, which a page leaves to its theme: the first shape of the figure."""
    before, patch, after = text.partition('<g id="patch_1">')
    return before + patch + after.replace("fill: none", "fill: #ffffff", 1)


def _inline(text: str, name: str, alt: str) -> str:
    """The bare element: named for a screen reader, in the page's colours and letters, its identifiers its own."""
    from html import escape

    body = text[text.index("<svg") :].strip()
    body = re.sub(r"<title>.*?</title>|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    for colour, variable in _NAMES.items():
        body = re.sub(colour, f"var({variable})", body, flags=re.IGNORECASE)
    body = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font: \1px var(--sans)", body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r' xmlns(:xlink)?="[^"]+"', "", body)
    head, _, rest = body.partition(">")
    head = re.sub(r' (width|height|version)="[^"]*"', "", head)
    title = f"{name}-alt"
    return f'{head} class="figure" role="img" aria-labelledby="{title}"><title id="{title}">{escape(alt)}</title>{rest}'


def tidy(axes: Axes, *, grid: str | None = None) -> None:
    """Take away what only decorates; a faint grid along one axis where values are to be read off."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=3)
    if grid == "x":
        axes.grid(axis="x", color=RULE, linewidth=0.8)
    elif grid == "y":
        axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
