"""For all tests: property tests are not timed, since the machine is shared, and on CI they repeat themselves."""

import os

from hypothesis import settings

settings.register_profile("byheart", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("byheart")
