"""A publishing framework made of plugins: content loading, comments, subscription gates, rendering."""
