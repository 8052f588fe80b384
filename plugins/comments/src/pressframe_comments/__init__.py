"""Readers’ comments: form, threads, moderation, spam traps, sanitising."""
