"""Our own device file and evidence, as a submission: the same rules hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from wetread.errors import ConfigError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.cohort import alarm, cohorts, training_cohort
from wetread.regulatory.evidence.plan import plan_of
from wetread.regulatory.evidence.recipe import recipe
from wetread.regulatory.lint.lowered import ages_of, cut_of, figures_of_card, figures_of_evaluation
from wetread.regulatory.lint.rules import RULES
from wetread.regulatory.lint.shapes import mapping, rows, share, span, texts, whole
from wetread.regulatory.lint.submission import Claim, DataSet, Metric, Plan, Submission, Truth
from wetread.regulatory.lint.text.claims import improper
from wetread.regulatory.lint.wording import look_alikes_in

__all__ = ["of_device"]


def of_device(device: Device) -> Submission:
    """What a device file and its evidence say, for the lint.

    A finding is answered under `answers:` of the device file, by the rule's id; it stays listed, with the answer.

    Silence stays silence: what neither the file nor the evidence holds is None or empty here, and rules speak of it.
    Places are the file's keys ("device:/indications/views") and references into the evidence ("bundle:/threshold").
    Fields that a card or report holds in another shape than expected count as silent.

    Raises
    ------
    ConfigError
        If an answer names no rule.
    """
    lowering = _Lowering(device)
    metrics = lowering.metrics()
    sets = lowering.sets()
    threshold = lowering.threshold()
    return Submission(
        name=device.name,
        claim=lowering.claim(),
        plan=lowering.plan(),
        truth=lowering.truth(),
        sets=sets,
        metrics=metrics,
        preprocessing=(),
        augmentation=lowering.augmentation(),
        split_unit=lowering.split_unit(),
        disjoint=lowering.disjoint(),
        training_share=share(lowering.of_card("training", "prevalence")),
        recalibrated=lowering.of_card("calibration", "prevalence") is not None or None,
        threshold_rule=threshold[0],
        threshold_chosen_on=threshold[1],
        threshold_scored_on=threshold[2],
        validation_means=("clinical",),
        shortcut_alarm=lowering.alarm(),
        shortcut_answer=lowering.alarm_answered(),
        look_alikes=tuple(metric.group for metric in metrics if look_alikes_in(metric.group)),
        limitations=tuple(texts(lowering.of_card("not_for"))) + tuple(texts([device.said.get("limitations")])),
        answers=_answers(device),
        places=lowering.places,
        origin="device",
    )


def _answers(device: Device) -> dict[str, str]:
    told = {rule: text for rule, text in mapping(device.plain.get("answers")).items() if text}
    known = [rule.id for rule in RULES]
    for rule in told:
        if rule not in known:
            near = get_close_matches(rule, known, n=1)
            meant = f": {near[0]} is meant?" if near else " (docs/lint.md lists them)"
            raise ConfigError(f"device file {device.path.name}: answers.{rule}: no rule of the lint has that id{meant}")
    return told


class _Lowering:
    """One device, asked part by part; where an answer came from is kept."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.card = card(device)
        self.places: dict[str, str] = {
            "": f"device file {device.path.name}",
            "claim": "device:/indications",
            "claim/ages": "device:/indications/ages_years",
            "plan": "device:/validation",
            "plan/uses": "ledger",
            "truth": "device:/validation/described/truth",
            "metrics": "evidence of kind bundle and evaluation",
            "threshold_rule": self._ref("threshold"),
            "training_share": self._ref("training", "prevalence"),
            "limitations": self._ref("not_for"),
            "disjoint": "evidence of kind split, run or honesty",
        }

    def _ref(self, *tokens: str) -> str:
        return "no evidence of kind bundle" if self.card is None else reference(self.card, *tokens)

    def of_card(self, *tokens: str) -> Any:
        return None if self.card is None else found(self.card, *tokens)

    def claim(self) -> Claim:
        told = mapping(self.device.plain.get("indications"))
        said = "\n".join(text for text in self.device.said.values() if text)
        improperly = improper("\n".join([said, str(told.get("setting") or "")]))
        self.places |= dict.fromkeys((f"claim/{name}" for name in improperly), "device:/said")
        return Claim(
            type=str(self.device.claim),
            finding=str(told.get("finding") or ""),
            ages=span(*_ends(told.get("ages_years"))),
            views=texts(told.get("views")),
            modalities=texts(told.get("modalities")),
            setting=str(told.get("setting") or ""),
            **improperly,
        )

    def plan(self) -> Plan:
        asked = mapping(self.device.plain.get("validation"))
        described = mapping(asked.get("described"))
        people = mapping(described.get("population"))
        computed = plan_of(self.device)
        study = whole(None if computed is None else found(computed, "study", "films_as_they_come"))
        sites = whole(asked.get("sites"))
        return Plan(
            ages=span(*_ends(people.get("ages_years"))),
            sexes=texts(people.get("sexes")),
            views=texts(people.get("views")),
            modalities=texts(people.get("modalities")),
            body_part=str(people.get("body_part") or ""),
            prevalence=share(asked.get("prevalence")),
            negatives=str(people.get("negatives") or ""),
            included=texts(people.get("included")),
            excluded=texts(people.get("excluded")),
            sites=len(rows(self.device.plain.get("sites"))) or None if sites is None else sites,
            sample_size=study,
            endpoints=tuple(
                "auc" if name.lower() == "auroc" else name.lower() for name in texts(described.get("endpoints"))
            ),
            criterion=str(described.get("criterion") or ""),
            multiplicity=str(described.get("multiplicity") or ""),
            subgroups=texts(described.get("subgroups")),
            uses=self._uses(),
        )

    def _uses(self) -> int | None:
        """How often the list that the card names as sealed was scored, by the ledger."""
        mine = self.of_card("training", "sealed", "films_sha256")
        told = [
            line for ledger in self.device.of_kind("ledger") for line in rows(ledger.data) if isinstance(line, Mapping)
        ]
        if not told:
            return None
        # A ledger may keep the uses of several lists; one without that hash is of one list only.
        return sum(1 for line in told if mine is None or line.get("films_sha256", mine) == mine)

    def truth(self) -> Truth:
        told = mapping(mapping(mapping(self.device.plain.get("validation")).get("described")).get("truth"))
        method = str(told.get("method") or "")
        return Truth(
            method=method if method in ("readers", "reports", "clinical") else "",
            readers=whole(told.get("readers")),
            rule=str(told.get("rule") or ""),
            adjudication=str(told.get("adjudication") or ""),
            blinded=told.get("blinded") if isinstance(told.get("blinded"), bool) else None,
            agreement=told.get("agreement") if isinstance(told.get("agreement"), bool) else None,
        )

    def sets(self) -> tuple[DataSet, ...]:
        """The training and sealed films of the card; their ages by the cohort report on the same list."""
        ages = {view.role: ages_of(view.artefact) for view in cohorts(self.device) if view.role != "collection"}
        told: list[DataSet] = []
        for name, role, tokens in (("training", "training", ("training",)), ("sealed", "test", ("training", "sealed"))):
            row = mapping(self.of_card(*tokens))
            if not row:
                continue
            place = f"sets/{len(told)}"
            self.places[place] = self._ref(*tokens)
            reported = ages.get(name)
            if reported is not None:
                self.places[f"{place}/ages"] = reported[0]
            films, positives = whole(row.get("films")), whole(row.get("positives"))
            told.append(
                DataSet(
                    name=name,
                    role=role,
                    films=films,
                    positives=positives if films is None or positives is None or positives <= films else None,
                    patients=whole(row.get("patients")),
                    share=share(row.get("prevalence")),
                    ages=reported[1] if reported else None,
                )
            )
        return tuple(told)

    def metrics(self) -> tuple[Metric, ...]:
        rows = [] if self.card is None else list(figures_of_card(self.card))
        for evaluation in self.device.of_kind("evaluation"):
            rows += figures_of_evaluation(evaluation)
        self.places |= {f"metrics/{at}": ref for at, (ref, _) in enumerate(rows)}
        return tuple(metric for _, metric in rows)

    def augmentation(self) -> tuple[str, ...]:
        told = recipe(self.device)
        names = told.changes if told is not None and isinstance(told.get("augmentation"), dict) else []
        if told is not None:
            self.places |= {f"augmentation/{at}": told.ref("augmentation", name) for at, name in enumerate(names)}
        return tuple(names)

    def split_unit(self) -> str:
        """A list of patients, or a run of this software, splits by patient."""
        told = (*self.device.of_kind("split"), *self.device.of_kind("run"))
        patients = any(found(one, key) is not None for one in told for key in ("patients", "sides", "films"))
        return "patient" if patients else ""

    def disjoint(self) -> bool | None:
        """By count, where the evidence counted patients on two sides."""
        for study in self.device.of_kind("honesty"):
            both = found(study, "guard", "patients_on_two_sides")
            if isinstance(both, int):
                self.places["disjoint"] = reference(study, "guard", "patients_on_two_sides")
                return both == 0
        return None

    def threshold(self) -> tuple[str, str, str]:
        """Rule, films that chose, films that were scored."""
        rule = str(self.of_card("threshold", "rule") or "")
        for evaluation in self.device.of_kind("evaluation"):
            if cut := cut_of(evaluation):
                self.places["threshold_scored_on"] = reference(evaluation) + cut[0].partition(":")[2]
                return rule or cut[1], cut[2], cut[3]
        return rule, "", ""

    def alarm(self) -> bool | None:
        """On the films that the network was fitted on, where there is such a report."""
        mine = training_cohort(self.device)
        views = [mine] if mine is not None else cohorts(self.device)
        if ringing := next((view for view in views if alarm(view)), None):
            self.places["shortcut_alarm"] = ringing.ref("shortcuts")
            return True
        return False if views else None

    def alarm_answered(self) -> str:
        """A measured answer: what metadata tell together does surely worse than the network on the same films."""
        for study in self.device.of_kind("honesty"):
            for at, row in enumerate(rows(found(study, "questions"))):
                beside = mapping(mapping(mapping(row).get("beside")).get("all metadata together"))
                if _surely(beside.get("difference")):
                    return reference(study, "questions", at, "beside", "all metadata together", "difference")
        for evaluation in self.device.of_kind("evaluation"):
            for ref, row in items(evaluation, "baselines", "baselines"):
                if "together" in str(row.get("name")) and _surely(row.get("difference")):
                    return f"{ref}/difference"
        return ""


def _surely(difference: Any) -> bool:
    """Whether the lower end of a difference lies above nothing."""
    low = mapping(difference).get("low")
    return isinstance(low, int | float) and low > 0


def _ends(value: Any) -> tuple[Any, Any]:
    told = rows(value)
    return (told[0], told[1]) if len(told) == 2 else (None, None)
