"""Calls at a threshold: how it is chosen, scored on other patients, what it is worth at a prevalence and in use."""
