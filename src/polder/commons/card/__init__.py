"""What a provider says of itself, and the formats that directories speak."""
