"""Why an image is where it is, and what a cluster shares."""
