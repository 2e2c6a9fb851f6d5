"""The API of the knowledge base."""
