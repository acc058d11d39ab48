"""A Markdown text as passages: each a sentence, list item or table row, with its line and the section it stands in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from textwrap import wrap

__all__ = ["Document", "Passage", "parse"]

# A heading belongs to the first section whose words it has: those of the course's template, as people spell them.
_SECTIONS: tuple[tuple[str, str], ...] = (
    ("hardware", r"hardware|(?:system|computational|computing) requirement"),
    ("plan/population", r"population|inclusion|eligib"),
    (
        "plan/truth",
        r"(?:ground[- ]?truth|reference standard)\W+(?:acquisition|method|for the|of the (?:fda|clinical|study))"
        r"|truthing",
    ),
    ("plan/performance", r"performance standard|acceptance criteri|success criteri|endpoint|statistical analysis"),
    ("plan/sample", r"sample size"),
    ("plan", r"(?:fda|clinical)?\s*validation (?:plan|protocol|study)|clinical (?:study|validation)"),
    ("intended", r"intended use|general description"),
    ("limitations", r"limitation|contra-?indication|warnings"),
    ("indications", r"indication"),
    ("impact", r"clinical impact|impact of performance"),
    ("checks", r"dicom|header check|input check"),
    ("preprocessing", r"pre-?\s?processing"),
    ("architecture", r"architecture|network design"),
    ("augmentation", r"augmentation"),
    ("threshold", r"threshold|operating point"),
    ("sets/training", r"train\w*\W+(?:data\W?set|data|set|database)\b|data\W?set\W+(?:for|of)\W+training"),
    ("sets/tuning", r"tun\w+\W+(?:data\W?set|data|set)\b"),
    ("sets/validation", r"(?:validation|development)\W+(?:data\W?set|data|set|database)\b"),
    ("sets/test", r"test\w*\W+(?:data\W?set|data|set)\b"),
    ("labels", r"ground[- ]?truth|reference standard|label"),
    ("sets", r"databases?|data\W?sets?|data\b"),
    ("design", r"algorithm design|design and function|flow\W?chart|workflow|algorithm description"),
    ("performance", r"performance|results?\b|metrics|evaluation|p-?r curve|roc"),
    ("parameters", r"parameters|batch size|optimi[sz]er|learning rate|layers"),
    ("training", r"training"),
    ("general", r"general information"),
)
_LEAVES = {
    "intended": "Intended Use Statement",
    "indications": "Indications for Use",
    "limitations": "Device Limitations",
    "impact": "Clinical Impact of Performance",
    "checks": "DICOM Checking Steps",
    "preprocessing": "Preprocessing Steps",
    "architecture": "CNN Architecture",
    "augmentation": "Types of augmentation",
    "threshold": "Final Threshold and Explanation",
    "sets/training": "Description of Training Dataset",
    "sets/validation": "Description of Validation Dataset",
    "labels": "Ground Truth",
    "plan/population": "Patient Population Description",
    "plan/truth": "Ground Truth Acquisition Methodology",
    "plan/performance": "Algorithm Performance Standard",
}
_HASHES = re.compile(r"^\s{0,3}(#{1,6})\s*(.+?)\s*#*\s*$")
_BOLD = re.compile(r"^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__)\s*([^*_]{3,110}?)\s*:?\s*(?:\*\*|__)\s*:?\s*(.*)$")
# "**Indications for Use: adults.**", all of it in bold.
_BOLD_WHOLE = re.compile(r"^\s*(?:\*\*|__)\s*([^*_:]{3,60}):\s+([^*]+?)\s*(?:\*\*|__)\s*$")
# The template's own labels, where somebody took the asterisks away.
_LABEL = re.compile(
    r"^\s*(?:[-*+]\s+|\d+[.)]\s+)?((?:types? of )?(?:data )?augmentations?(?: (?:used|steps|techniques"
    r"|types))?(?: (?:in|during|for) training)?"
    r"|(?:train(?:ing)? |validation )?batch[- ]sizes?|optimi[sz]er[^:\n]{0,40}|learning rate|layers (?:of"
    r"|added)[^:\n]{0,80}"
    r"|intended use(?: statement)?|indications? for use|(?:device )?limitations|clinical impact[^:\n]{0,30}"
    r"|pre-?processing(?: steps)?|dicom check\w*(?: steps)?|(?:patient )?population description[^:\n]{0,40}"
    r"|ground truth acquisition[^:\n]{0,30}|(?:algorithm )?performance standard)\s*(?::\s*(.*)|)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*+•]\s+|[-*+•](?=[A-Za-z])|\d+[.)]\s+|[a-z][.)]\s+)(.*)$")
# "Age range: 20 to 60" on a line of its own says one thing, as an item of a list does.
_FIELD = re.compile(r"^\s*[A-Z][^:.|]{2,60}:\s+\S")
_ALONE = re.compile(r"^\s*[A-Za-z]")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_LONGEST = 1500
_PLACEHOLDER = re.compile(r"<<[^>]*>>|\(\s*For the below, include visuali[sz]ations[^)]*\)", re.IGNORECASE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)|<img[^>]*>|!\(([^)]*)\)", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\bvs\.)(?<!e\.g\.)(?<!i\.e\.)(?<!approx\.)(?<!\bet al\.)\s+(?=[A-Z0-9(\"'])")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, list item, table row or line of code.

    Parameters
    ----------
    line
        Where it begins, from 1.
    text
        Without Markdown's marks.
    section
        Of what it speaks, such as "plan/population"; "" before the first heading that is known.
    kind
        "prose", "item", "row" or "code".
    block
        Passages with one number belong to one paragraph, list or table.
    """

    line: int
    text: str
    section: str
    kind: str
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text, taken apart.

    Attributes
    ----------
    passages
        In order.
    headings
        The line of each section's heading.
    images
        Lines, alternative texts and file names of pictures.
    empty
        Titles of the template's fields that stand there with nothing under them, with their lines.
    """

    passages: tuple[Passage, ...]
    headings: dict[str, int] = field(default_factory=dict)
    images: tuple[tuple[int, str], ...] = ()
    empty: tuple[tuple[str, int], ...] = ()

    def of(self, *sections: str) -> Iterator[Passage]:
        """The passages of these sections and of all below them."""
        for passage in self.passages:
            if any(passage.section == one or passage.section.startswith(f"{one}/") for one in sections):
                yield passage

    def text(self, *sections: str) -> str:
        """Their text, a passage a line."""
        return "\n".join(passage.text for passage in self.of(*sections))


class _Parser:
    """State while reading from top to bottom: which section, which paragraph."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.headings: dict[str, int] = {}
        self.images: list[tuple[int, str]] = []
        self.filled: set[str] = set()
        self._section = ""
        self._level = 0
        self._part = ""
        self._before = ("", 0)
        self._block = 0
        self._open: list[tuple[int, str]] = []
        self._kind = "prose"

    def close(self) -> None:
        """End the paragraph or list item that is open."""
        if self._open:
            self._emit(self._open, self._kind)
            self._open = []
        self._kind = "prose"

    def _emit(self, lines: list[tuple[int, str]], kind: str) -> None:
        parts = [text.strip() for _, text in lines]
        starts = [0, *accumulate(len(part) + 1 for part in parts)]
        joined, at = " ".join(parts), 0
        for sentence in [joined] if kind != "prose" else _SENTENCE.split(joined):
            found = joined.index(sentence, at)
            at = found + len(sentence)
            line = lines[min(bisect_right(starts, found), len(lines)) - 1][0]
            # Nobody writes longer ones; cut, they cost no more than others.
            pieces = wrap(sentence, _LONGEST, break_on_hyphens=False) if len(sentence) > _LONGEST else [sentence]
            for piece in pieces:
                if piece.strip():
                    self.passages.append(Passage(line, piece.strip(), self._section, kind, self._block))

    def heading(self, number: int, title: str, level: int) -> bool:
        """Enter the section that a title names; False where it names none."""
        section = _section_of(title, self._part)
        if section is None:
            return False
        self.close()
        self._block += 1
        if section == "plan" or section.startswith("plan/"):
            self._part = "plan"
        elif level <= 3 and section != "labels":
            self._part = ""
        self._before = self._section, self._level
        self._section, self._level = section, level
        self.headings.setdefault(section, number)
        return True

    def back(self) -> None:
        """A label with its text on one line, neither bold nor in a list, holds for that line alone."""
        self.close()
        self._section, self._level = self._before

    def leave(self, level: int) -> None:
        """A heading of no known section ends the one above it, unless it stands deeper."""
        self.close()
        self._block += 1
        if level <= self._level:
            self._section = self._part

    def line(self, number: int, raw: str) -> None:
        """Read one line that is no heading."""
        for found in _IMAGE.finditer(raw):
            self.images.append((number, " ".join(part for part in found.groups() if part) or found[0]))
            self.filled.add(self._section)
        text = _LINK.sub(r"\1", _PLACEHOLDER.sub("", _IMAGE.sub("", raw)))
        text = re.sub(r"\*\*|__|</?[a-zA-Z][^>]*>|&nbsp;", " ", text).replace("`", "").replace("\\_", "_")
        if not text.strip():
            self.close()
            self._block += not raw.strip()
            return
        self.filled.add(self._section)
        if text.lstrip().startswith("|") or text.count("|") >= 2:
            self.close()
            if not re.fullmatch(r"[\s|:-]+", text):
                self._emit([(number, text)], "row")
        elif item := _ITEM.match(text):
            self.close()
            self._kind = "item"
            self._open = [(number, item[1])]
        elif _FIELD.match(text):
            self.close()
            self._kind = "item"
            self._open = [(number, text)]
        else:
            self._open.append((number, text))

    def code(self, number: int, raw: str) -> None:
        """Read one line between fences."""
        self.close()
        if raw.strip():
            self.filled.add(self._section)
            self._emit([(number, raw.strip())], "code")


def _section_of(title: str, part: str) -> str | None:
    low = re.sub(r"^[\d.\s)]+", "", title.lower())
    for section, words in _SECTIONS:
        if re.search(words, low):
            # Under the plan, "Ground truth" and "Performance" are the plan's.
            inside = {
                "labels": "plan/truth",
                "performance": "plan/performance",
                "sets": "plan",
                "sets/test": "plan/population",
            }
            return inside.get(section, section) if part == "plan" else section
    return None


def parse(text: str) -> Document:
    """Take a Markdown text apart."""
    parser, fenced = _Parser(), False
    for number, raw in enumerate(text.splitlines(), start=1):
        if _FENCE.match(raw):
            fenced = not fenced
            # ``` key = value on the fence's own line
            if len(raw.strip().strip("`~ ")) > 12:
                parser.code(number, raw.strip().strip("`~ "))
            if raw.count("```") == 2:
                fenced = not fenced
        elif fenced:
            parser.code(number, raw.replace("```", ""))
            fenced = not raw.rstrip().endswith("```")
        else:
            _plain_line(parser, number, raw)
    parser.close()
    empty = tuple(
        (title, parser.headings[section])
        for section, title in _LEAVES.items()
        if section in parser.headings and section not in parser.filled
    )
    return Document(passages=tuple(parser.passages), headings=parser.headings, images=tuple(parser.images), empty=empty)


def _plain_line(parser: _Parser, number: int, raw: str) -> None:
    if found := _HASHES.match(raw):
        title = found[2].strip("*_: ")
        if not parser.heading(number, title, len(found[1])):
            parser.leave(len(found[1]))
    elif (
        (found := _BOLD_WHOLE.match(raw) or _BOLD.match(raw) or _LABEL.match(raw))
        and _short(found[1])
        and parser.heading(number, found[1], 7)
    ):
        if found[2] and found[2].strip():
            parser.line(number, found[2])
            if _ALONE.match(raw):
                parser.back()
    else:
        parser.line(number, raw)


def _short(title: str) -> bool:
    return len(title.split()) <= 12
