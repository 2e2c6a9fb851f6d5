"""OGC API – Features and Tiles over the boundary registry and its open drafts."""
