"""One file for each thing somebody can ask for. An action looks (world), decides (platform), does (world)."""
