"""Entries from a folder of Markdown files with YAML front matter."""
