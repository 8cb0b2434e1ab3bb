"""Signpost: what to do, under which law, and whom to call, when a child may have been trafficked."""
