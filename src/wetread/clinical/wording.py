"""A reading's facts in the words of the page: short sentences that a clinician or a technologist understands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wetread.errors import Code, Reason
from wetread.inference.reading import Reading
from wetread.page import percent

__all__ = ["LOUD", "frequency", "headline", "meaning", "step", "step_name", "tone", "why_and_next"]

# Notices that stand above everything else, the loudest first.
LOUD = (
    Code.CONSTANCY,
    Code.AGE_IMPLAUSIBLE,
    Code.AGE_ASSUMED,
    Code.WEAK_EVIDENCE,
    Code.MIRRORED,
    Code.POLARITY_UNCLEAR,
)

# The end of a sentence: what stands before is the reason, what follows is what to do about it. A value quoted from a
# header ("ST. CHEST") is in capitals throughout, a sentence only at its start.
_NEXT = re.compile(r"(?<=[A-Za-z0-9)'\"]{2})[.] (?=[A-Z][a-z])")

_STEPS = {
    "decode": "the stored picture was decoded",
    "orientation": "the picture was turned upright as its file says",
    "padding": "stored values {low} to {high} are padding around the film, and were made black",
    "modality-lut": "stored values went through the modality's lookup table of {entries} entries",
    "rescale": "stored values were rescaled: × {slope}, then + {intercept}",
    "voi-lut": "contrast was set by the film's own lookup table of {entries} entries",
    "window": "contrast was set by the film's own window: centre {center}, width {width}, {function}",
    "full-range": "contrast was stretched over all values, {low} to {high}",
    "scale": "contrast was left as the image file has it",
    "identity": "bright and dark were left as they are: bone was bright already, by the header",
    "invert": "bright and dark were exchanged, so that air is dark and bone is bright",
    "aspect": "the film was stretched to {columns} × {rows}, so that its pixels are square on the patient",
    "spacing": "a pixel is {column_mm} × {row_mm} mm on the film, by {from}",
}


def headline(reading: Reading) -> tuple[str, str]:
    """The status in words: what was done, and what was found.

    >>> from wetread.errors import Code, Reason
    >>> headline(Reading(status="refused", reasons=(Reason(Code.VIEW, "A lateral film."),)))
    ('Not read:', 'this film was refused')
    """
    if reading.status == "refused":
        return "Not read:", "this film was refused"
    if reading.abstained:
        return "Read:", "indeterminate – score lies within the threshold's own uncertainty"
    return "Read:", "pneumonia suspected" if reading.call == "present" else "pneumonia not suspected"


def tone(reading: Reading) -> str:
    """The accent that the page takes from the status: "stop", "doubt", "alert" or "calm"."""
    if reading.status == "refused":
        return "stop"
    if reading.abstained:
        return "doubt"
    return "alert" if reading.call == "present" else "calm"


def meaning(reading: Reading) -> str:
    """What the status does and does not mean for the next minute."""
    if reading.status == "refused":
        return "This is not a normal result: the film has not been read. Nothing is known of it from this software."
    if reading.abstained:
        return (
            "Another sample of films to set the threshold by could have turned the call. Take this as no answer, "
            "and read the film as if there were none."
        )
    if reading.call == "present":
        return (
            "The score is at or above the threshold. A person has to confirm it: this is a suspicion, not a diagnosis."
        )
    return "The score is below the threshold. This does not rule pneumonia out, nor anything else on the film."


def frequency(probability: float, prevalence: float, population: str) -> str:
    r"""A probability as a count of films, with its population and prevalence.

    >>> frequency(0.41, 0.28, "adults").replace("\u202f", " ")
    'Of 100 such films from adults, at a prevalence of 28 %, about 41 would carry the pneumonia label.'
    """
    of = next((n for n in (100, 1000, 10000) if round(n * probability) not in (0, n)), 10000)
    count = round(of * probability)
    about = "fewer than 1" if count == 0 else f"more than {of - 1}" if count == of else f"about {count}"
    return (
        f"Of {of} such films from {population}, at a prevalence of {percent(prevalence)}, "
        f"{about} would carry the pneumonia label."
    )


def why_and_next(reason: Reason) -> tuple[str, str]:
    """A reason for a refusal in two parts: why, and what to do next.

    A reason's message says both, in this order; where it is one sentence only, what to do is said in general.

    >>> why_and_next(Reason(Code.VIEW, "The film is a lateral film. Send the frontal film of the examination."))
    ('The film is a lateral film.', 'Send the frontal film of the examination.')
    """
    parts = _NEXT.split(reason.message, maxsplit=1)
    if len(parts) == 1:
        return reason.message, "Look at the film and its header, have the cause put right, and send the film again."
    return f"{parts[0]}.", parts[1]


def step_name(applied: Mapping[str, Any]) -> str:
    """Short name of a grayscale step: `{"name": "voi-lut"}` gives "voi lut"."""
    return str(applied.get("name", "step")).replace("_", " ").replace("-", " ")


def step(applied: Mapping[str, Any]) -> str:
    """One grayscale step as a sentence; a step without one of its own is named with its parameters.

    >>> step({"name": "rescale", "parameters": {"slope": -1.0, "intercept": 1023.0}})
    'Stored values were rescaled: × -1, then + 1023.'
    >>> step({"name": "window-ignored", "parameters": {"because": "it leaves the film black"}})
    'Window not used: it leaves the film black.'
    """
    name = str(applied.get("name", "step"))
    parameters = applied.get("parameters") or {key: value for key, value in applied.items() if key != "name"}
    shown = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in parameters.items()}
    because = shown.pop("because", None)
    try:
        text = _STEPS[name].format_map(shown)
    except KeyError:  # an unknown step, or one whose parameters have other names
        plain = f"{step_name({'name': name.removesuffix('-ignored')})} not used"
        text = plain if name.endswith("-ignored") else step_name(applied)
        if because is None and shown:
            text += ": " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in shown.items())
    if because is not None:
        text += f": {because}"
    return f"{text[:1].upper()}{text[1:]}."
