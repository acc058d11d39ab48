"""Which released model a film belongs to, by the patient's age; between two populations, none."""

from __future__ import annotations

from collections.abc import Mapping

from wetread.errors import Code, Reason
from wetread.radiograph import Facts, IntendedUse

__all__ = ["choose"]


def choose(facts: Facts, uses: Mapping[str, IntendedUse], *, default: str) -> tuple[str, tuple[Reason, ...]]:
    """Choose among models by age.

    Parameters
    ----------
    facts
        What the film's header says.
    uses
        The intended use of each model by its name.
    default
        The model for films of unknown age; its own setting decides whether such a film is read.

    Returns
    -------
    name and reasons
        The chosen model, and why the film fits none where it does not: then the name is the default's, so that the
        film's other reasons can still be told.
    """
    age = facts.age_years
    if age is None:
        return default, ()
    fitting = [name for name, use in uses.items() if use.age_years[0] <= age < use.age_years[1]]
    if fitting:
        return fitting[0], ()
    ranges = "; ".join(
        f"{name} from {use.age_years[0]:g} to under {use.age_years[1]:g} years" for name, use in uses.items()
    )
    message = (
        f"No reader is meant for a patient of {age:.3g} years ({ranges}): "
        "the film is left to a person. Check the age in the header if it seems wrong."
    )
    return default, (Reason(Code.AGE, message, facts.age_tag),)
