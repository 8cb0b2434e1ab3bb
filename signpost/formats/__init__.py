"""Entries → other formats. Pure: knows entries, not the web, the engine or any file."""
