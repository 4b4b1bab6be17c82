"""What pytest leaves out where an extra is not installed: modules that cannot be imported without it."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("stonesoup") else ["src/jointwatch/tracking/stonesoup/*.py"]
