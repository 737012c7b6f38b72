"""Files to pictures: found, read, decoded, made small."""
