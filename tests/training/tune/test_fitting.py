"""The engine behind a fit."""

from __future__ import annotations

import logging

from wetread.training.tune.fitting import _quiet


def test_the_engine_keeps_its_talk_to_itself_and_its_loggers_as_they_were() -> None:
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning_fabric")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    with _quiet():
        assert not any(logger.isEnabledFor(logging.WARNING) for logger in loggers)
    assert [logger.level for logger in loggers] == [logging.INFO, logging.INFO]
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
