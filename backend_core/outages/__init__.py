"""Who is without power and since when: smart-switch probes, and the outages they reveal."""
