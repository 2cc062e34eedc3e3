"""Tables that are the same on both platforms."""

import pytest

BOTH = ["franceconnect", pytest.param("franceconnect-plus", marks=pytest.mark.thorough)]
"""One code serves both, and test_low_and_high compares them at every run. The second goes through the long tables of
the first where there is time (`run.py test --ci`)."""
