"""The schema's history. ``data.migrate`` runs it; a new step is a file in versions/ (CONTRIBUTING says how)."""
