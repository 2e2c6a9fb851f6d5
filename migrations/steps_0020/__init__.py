"""What revision 0020 does, in parts: too long for one file."""
