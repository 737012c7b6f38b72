"""What the launcher tells the server, by names that both use."""

CACHE_VARIABLE = "GROUPSIGHT_CACHE"
"""The path of the cache file; without it, that of the user's cache folder."""

PRESET_VARIABLE = "GROUPSIGHT_PRESET"
"""JSON of widget values with which a session starts that has no link."""
