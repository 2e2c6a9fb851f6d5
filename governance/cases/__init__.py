"""Reports and cases."""
