"""The API of categories, their limits, and the words of channels that mean them."""
