"""Folders of Parquet shards at any address: written whole or not at all, checked before use."""
