"""What can go wrong, brought about on purpose: a file for each kind of fault."""
