"""Broken films by the thousand, made on purpose, and what the reader makes of each.

    python -m tools.hostile run     mutate, read in guarded workers and through the command line; results/hostile.json
    python -m tools.hostile table   write the tables of docs/hostile.md from results/hostile.json
    python -m tools.hostile one N   the mutant of number N of the same seed, on standard output

Films are taken apart into elements, fragments and codestream segments, and one to three of these are changed. A mutant
that takes wetread.radiograph or pydicom down a branch that no mutant took before becomes a parent of further ones.
"""
