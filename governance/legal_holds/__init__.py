"""Legal holds: what must be kept for an inquiry or a court, whatever asks for its erasure."""
