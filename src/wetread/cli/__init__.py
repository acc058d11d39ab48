"""One verb per step: parse, one library call, print. Results on standard output, talk on standard error."""

from wetread.cli.main import main

__all__ = ["main"]
