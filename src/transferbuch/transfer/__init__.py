"""Transfer objects (Transfergegenstände): load, check, choose for a municipality."""
