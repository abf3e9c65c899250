// Only the precompiled header counts.
