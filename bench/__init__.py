"""The benchmarks of the performance claims: `python -m bench`, or `--quick` for a rougher and shorter run."""
