"""The texts that the fixtures are made of."""
