"""What happens, told at once to who is signed in."""
