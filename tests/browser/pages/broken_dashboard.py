"""`python -m dashboard`, whose welcome has a fault that nobody foresaw."""

from dashboard import __main__ as launcher
from dashboard.views import explore


def _fail():
    raise KeyError("a secret detail")


explore._welcome = _fail
launcher.main()
