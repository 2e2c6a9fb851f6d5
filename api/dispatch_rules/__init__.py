"""The API of rules of dispatch: sets made, checked, tried, replayed, published."""
