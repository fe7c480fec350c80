"""Recipes: how an app is run. ``recipe.yml`` says what no Compose file says; ``compose.yml`` the rest."""
