"""Where reports come from: what kind of source a channel is, and which keys send for it in which datum, by date."""
