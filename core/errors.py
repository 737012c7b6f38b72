"""The errors of core: one sentence each, with the value, the expectation and what to do."""


class CoreError(Exception):
    """Something the user can act on. Its text is shown as it is, on the console and in the page."""


class Cancelled(Exception):  # noqa: N818 - a wish that was granted, not an error
    """The work was stopped on request. What was finished is in the cache."""
