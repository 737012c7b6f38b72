"""What the launcher tells the server, by names that both use."""

CACHE_VARIABLE = "GROUPSIGHT_CACHE"
"""The path of the cache file; without it, that of the user's cache folder."""

LOG_VARIABLE = "GROUPSIGHT_LOG_LEVEL"
"""From which level on the server writes down what happens."""

HOSTS_VARIABLE = "GROUPSIGHT_HOSTS"
"""JSON: names besides those of this machine under which the server is called."""

ROOTS_VARIABLE = "GROUPSIGHT_ROOTS"
"""JSON: the folders and addresses below which the page may open files; without it, the user's home
folder."""

WRITABLE_VARIABLE = "GROUPSIGHT_WRITABLE"
"""JSON: the folders below which the page may write; without it, wherever the user may."""

PRESET_VARIABLE = "GROUPSIGHT_PRESET"
"""JSON of widget values with which a session starts that has no link."""

PRELOAD_VARIABLE = "GROUPSIGHT_PRELOAD"
"""`off`: what computing needs is loaded when it is first needed, not while nobody waits for it."""
