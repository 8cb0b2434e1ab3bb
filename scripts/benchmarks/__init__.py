"""One module for each kind of benchmark, and `material`, which they share."""
