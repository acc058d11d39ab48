"""A made document with everything that a document can hold, for the tests of the four writers."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.pen import Pen

TITLE = "A made report: ≥ 1 < 2 & κ"
FILMS = {"films": 1234, "share": 0.5, "auroc": {"value": 0.8125, "low": 0.75, "high": 0.9}, "rule": "a < b | *c* [d]"}


def pen() -> Pen:
    made = Artefact(name="made", kind="figures", path=Path("made.json"), sha256="ab" * 32, data=FILMS)
    return Pen({"made": made}, {})


def marked(by: Pen) -> str:
    """Headings, marks, open fields, lists, tables, pictures, code, quotes and rules."""
    rows = [
        ["films", by.num("made:/films", unit="films")],
        ["rule", by.num("made:/rule")],
        ["AUROC", by.num("made:/auroc", n={"films": 1234}, method="a method", split="sealed test", seed=7)],
        ["share", by.num("made:/share", unit="%")],
        ["owner", by.human("owner", "who answers | for it")],
        ["lost", by.num("made:/nowhere")],
    ]
    return f"""# {TITLE}

> Generated draft. Not a submission. Not cleared by any authority.

## First part

Of {by.num("made:/films")} films, **bold**, *italic*, `code <b>`, [a page](https://example.org/a?b=1&c=2), and
[a trap](javascript:alert), {by.human("purpose", "what it is *for* [here]")} and <script>alert(1)</script>.

- one
- two {by.num("made:/auroc")}
  - inner

3. three
4. four

## Second part

{by.table(["What", "Value"], rows)}

### Pictures

{by.figure("there", "A picture of " + by.num("made:/films", unit="films"))}

{by.figure("absent", "Another one")}

## Third part

```
x = 1
  y = 2
```

> A warning.

---

#### Fourth level

The end\\
and a new line.
"""


def png(width: int = 300, height: int = 200) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 200).save(buffer, "PNG")
    return buffer.getvalue()
