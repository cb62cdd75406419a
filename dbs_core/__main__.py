"""`python -m dbs_core`: the command line."""

import sys

from dbs_core.cli.main import main

sys.exit(main())
