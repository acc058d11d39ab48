"""A reading's facts in the words of the page: short sentences that a clinician or a technologist understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.errors import Code, Reason
from wetread.inference.reading import Reading
from wetread.page import percent

__all__ = ["LOUD", "advice", "frequency", "headline", "meaning", "step", "step_name", "tone"]

# Notices that stand above everything else, the loudest first.
LOUD = (Code.CONSTANCY, Code.AGE_ASSUMED, Code.WEAK_EVIDENCE, Code.MIRRORED, Code.POLARITY_UNCLEAR)

_ADVICE = {
    Code.SOP_CLASS: "Send the radiograph itself (a CR, DX or secondary-capture image), not another object of the study.",
    Code.MODALITY: "Send a plain chest radiograph (CR or DX). This reader has no use for other examinations.",
    Code.OWN_RESULT: "Send the original film. A result of this software is never read again.",
    Code.PRESENTATION_INTENT: "Send the film that was processed for viewing (FOR PRESENTATION), not the raw detector image.",
    Code.BODY_PART: "If it is a chest film, correct the body part at the modality or in the archive and send it again. "
    "If not, it does not belong here.",
    Code.VIEW: "Send the frontal (PA or AP) film of the same examination.",
    Code.VIEW_UNKNOWN: "Have the view (PA or AP) entered in the film's header and send it again.",
    Code.VIEW_CONTRADICTS: "Look at the film, correct the tag that is wrong and send it again.",
    Code.ORIENTATION: "Turn the film upright in the archive, so that its header says so, and send it again.",
    Code.AGE: "Use a reader released for this age group, if there is one.",
    Code.AGE_UNKNOWN: "Have the patient's age entered in the film's header and send it again.",
    Code.AGE_IMPLAUSIBLE: "Have the age, or the date of birth, corrected in the film's header and send it again.",
    Code.SPECIES: "This reader is for people only.",
    Code.FRAMES: "Send a single frontal film, not a series of frames.",
    Code.SIZE: "Send the film in its original size, not a thumbnail or a cut-out.",
    Code.COLOUR: "Send the original grayscale film, not a colour copy of it.",
    Code.BURNED_IN: "Send the film without text burned into the picture.",
    Code.POLARITY: "Compare the film with its header: one of the two says that black is white. Have it exported again "
    "from the modality.",
    Code.BLANK: "Look at the film: if the exposure is on another image, send that one.",
}

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


def advice(reason: Reason) -> str:
    """What to do next about one reason for a refusal."""
    return _ADVICE.get(reason.code, "Have the cause put right, then send the film again.")


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
