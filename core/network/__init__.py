"""VGG-16: its weights, its layers, and what they make of a picture."""
