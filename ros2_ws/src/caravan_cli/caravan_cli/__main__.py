"""`python -m caravan_cli` is `caravan`."""

import sys

from caravan_cli.app import main

sys.exit(main())
