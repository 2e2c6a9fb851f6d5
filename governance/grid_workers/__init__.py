"""Who works which area (网格员): posts with a span, from a file or one by one, that follow the land."""
