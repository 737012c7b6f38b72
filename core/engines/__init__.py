"""Who makes the shards: this machine alone, or a Ray cluster."""
