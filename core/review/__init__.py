"""Which images fit badly, lie out, or are there twice."""
