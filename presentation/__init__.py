"""What people look at: pages, prints and words, made from typed results."""
