"""The build: scan, load, gate, plan, render, write."""
