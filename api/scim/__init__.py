"""SCIM 2.0 (RFC 7643, RFC 7644): a directory keeps the people, their units and their roles."""
