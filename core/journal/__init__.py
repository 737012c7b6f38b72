"""What people decide about images and clusters, kept for good."""
