"""The grayscale golden set: phantom films in a pairwise covering array of encodings, and vendors' traps.

python -m tools.golden make      write tests/golden: the films, and index.json with their hashes (needs DCMTK)
python -m tools.golden check     read every film and compare it with its drawing; with DCMTK's picture where it is there
python -m tools.golden table     write docs/encodings.md from what was measured
"""
