"""`python -m wetread.cli` is the command `wetread`."""

import sys

from wetread.cli.main import main

sys.exit(main())
