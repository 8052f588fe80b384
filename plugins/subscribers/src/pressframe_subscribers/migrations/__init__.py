"""The tables' history, one module for each step."""
