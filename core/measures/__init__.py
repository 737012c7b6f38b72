"""How good each number of clusters is, and what the curves say."""
