"""The API of attachments: sent one a request under their hash, listed with links that expire, read as copies."""
