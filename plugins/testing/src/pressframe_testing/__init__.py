"""A pytest plugin for testing pressframe’s plugins: a whole site as text, built or served."""
