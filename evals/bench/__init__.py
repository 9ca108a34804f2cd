"""Benchmarks: ratios to references timed in the same run. Absolute figures are printed beside them, never asserted."""
