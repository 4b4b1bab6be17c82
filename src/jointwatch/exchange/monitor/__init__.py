"""Continuous verification: what a log promises, measured for years, and told as Prometheus metrics."""
