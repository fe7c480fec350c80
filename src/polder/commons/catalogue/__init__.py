"""What peers offer to run: recipes as targets, what they ask for, who adopted and approved them."""
