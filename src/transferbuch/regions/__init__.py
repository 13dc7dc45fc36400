"""Keys and names of regions: AGS, the register of the Kreise, German names with article and case."""
