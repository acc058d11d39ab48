"""How the documentation site is built: `make docs`, warnings are errors."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

import wetread

project = "wetread"
author = "the wetread authors"
copyright = "the wetread authors, Apache-2.0"
release = version = wetread.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["_build", "pictures/README.md"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

# The house writes numpydoc sections; types stand in the signatures, with their units in the words.
napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
napoleon_attr_annotations = False
# Words in docstrings such as "row" are no references, though two values have a member of that name.
suppress_warnings = ["ref.python"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": True}

html_theme = "furo"
html_title = f"wetread {release}"
html_show_sourcelink = False
copybutton_selector = "div:not(.output) > div.highlight pre"
