"""Two clusterings, or many: what stays, what splits, what moves."""
