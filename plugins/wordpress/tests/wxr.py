"""Exports as text, as WordPress 1.2 writes them."""

from xml.sax.saxutils import escape

HEAD = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old</title><link>https://www.old.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://www.old.example</wp:base_blog_url>
"""


def item(id: int, *, more: str = "", **fields: str) -> str:
    """Return an item as WordPress 1.2 exports it; *fields* replace what it says otherwise, *more* is added as it is."""
    given = {
        "title": f"Title {id}", "link": f"https://www.old.example/2012/05/post-{id}/", "dc:creator": "odile",
        "content:encoded": "Text", "excerpt:encoded": "", "wp:post_id": str(id), "wp:post_date": "2012-05-01 10:00:00",
        "wp:post_date_gmt": "2012-05-01 08:00:00", "wp:comment_status": "open", "wp:post_name": f"post-{id}",
        "wp:status": "publish", "wp:post_parent": "0", "wp:post_type": "post", "wp:post_password": "",
        "wp:is_sticky": "0",
    }  # fmt: skip
    named = {name.replace("__", ":"): text for name, text in fields.items()}
    texts = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in {**given, **named}.items())
    return f"<item>{texts}{more}</item>\n"


def remark(id: int, text: str = "Hello", **fields: str) -> str:
    """Return a comment as exported; *fields* without their prefix ``comment_``."""
    given = {
        "id": str(id), "author": f"Reader {id}", "author_email": "r@example.org", "author_url": "", "content": text,
        "date": "2012-05-02 10:00:00", "date_gmt": f"2012-05-02 08:00:{id % 60:02}", "approved": "1", "type": "",
        "parent": "0", "user_id": "0",
    }  # fmt: skip
    texts = "".join(
        f"<wp:comment_{name}>{escape(value)}</wp:comment_{name}>" for name, value in {**given, **fields}.items()
    )
    return f"<wp:comment>{texts}</wp:comment>"


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
