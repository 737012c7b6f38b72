"""Training of the embedded weights, a file for each part; `tools/train_embedded.py` runs it."""
