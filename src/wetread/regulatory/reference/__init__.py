"""Guidance, standards, predicates, product codes and sections, as data with status, mark, and the day each was checked.

The YAML files beside this module are evidence of every device: a document prints from them like from any other artefact.
"""
