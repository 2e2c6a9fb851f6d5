"""The API of the public: follow a matter by number and token, rate it, reopen it, see what is reported nearby."""
