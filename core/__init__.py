"""Groupsight's engine: images to features, clusters and a map. Knows nothing of the dashboard."""

__version__ = "0.1.0"
