"""What is computed from observations: the indicator catalogue and its formulas."""
