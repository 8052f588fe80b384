"""Media types of files, told from their names: of what the web is made of, the same on every machine."""

_TYPES = {
    "avif": "image/avif", "css": "text/css", "csv": "text/csv", "gif": "image/gif", "htm": "text/html",
    "html": "text/html", "ico": "image/vnd.microsoft.icon", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "js": "text/javascript", "json": "application/json", "m4a": "audio/mp4", "mjs": "text/javascript",
    "mp3": "audio/mpeg", "mp4": "video/mp4", "ogg": "audio/ogg", "opus": "audio/ogg", "otf": "font/otf",
    "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "ttf": "font/ttf", "txt": "text/plain",
    "vtt": "text/vtt", "wasm": "application/wasm", "webm": "video/webm", "webmanifest": "application/manifest+json",
    "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2", "xml": "application/xml",
    "zip": "application/zip",
}  # fmt: skip


def media_type_of(name: str) -> str:
    """Return the media type of a file; what is not used on pages is looked up in the system's tables, if it has any."""
    known = _TYPES.get(name.rpartition(".")[2].lower())
    if known:
        return known
    import mimetypes  # reads those tables as soon as it is asked

    return mimetypes.guess_type(name)[0] or "application/octet-stream"
