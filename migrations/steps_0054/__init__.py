"""What revision 0054 does, in parts: too long for one file."""
