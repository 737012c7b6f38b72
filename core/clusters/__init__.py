"""K-Means, what can be done to its clusters by hand, and what each of them is."""
