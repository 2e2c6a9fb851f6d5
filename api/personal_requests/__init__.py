"""What people ask of their own data, over HTTP."""
