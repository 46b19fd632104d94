"""How the console itself fares: queues, links, sources, rejections, and why a point has no data."""
