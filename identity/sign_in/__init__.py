"""How persons sign in: accounts with passwords, second factors, sessions, and the brake on those who guess."""
