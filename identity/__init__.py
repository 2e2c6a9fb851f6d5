"""Who acts, and what they may do: principals and their keys, what these grant, quotas."""
