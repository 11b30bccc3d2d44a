"""The embedded AWS: starts, serves and stops a local cloud that takes the real provider's calls."""
