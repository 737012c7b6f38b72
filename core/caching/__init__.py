"""The file behind the cache: opened, checked, looked after."""
