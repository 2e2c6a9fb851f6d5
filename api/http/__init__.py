"""HTTP kept in one place: the server's protocol, admission, limits, problems, headers, parameters of requests."""
