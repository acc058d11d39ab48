"""The submission folder: documents for a regulatory team, written from evidence.

No number in them is typed by hand: each comes from a file of evidence, by name and JSON pointer, and is recorded. What
only people can say stays open and visible. Nothing here is a submission, and nothing here is cleared by any authority.
"""
