"""The settings of Nikola's site."""

BLOG_TITLE = "Banc d’essai"
BLOG_AUTHOR = "Banc d’essai"
BLOG_DESCRIPTION = ""
SITE_URL = "https://bench.example/"
DEFAULT_LANG = "fr"
TIMEZONE = "UTC"
THEME = "bench"
OUTPUT_FOLDER = "public"
URL_TYPE = "full_path"
DATE_FORMAT = "dd/MM/yyyy"

POSTS = (("content/posts/*.md", "", "post.tmpl"),)
PAGES = ()
COMPILERS = {"markdown": (".md",)}
# Tables and fenced code, and the ids of headings; no table of contents, no colours in code, as everywhere here.
MARKDOWN_EXTENSIONS = ["markdown.extensions.extra", "markdown.extensions.toc"]
DEMOTE_HEADERS = 0  # else each post is parsed once more wherever it stands

TAG_PATH = "tag"
TAG_PAGES_ARE_INDEXES = True
CATEGORY_PATH = "category"
CATEGORY_PREFIX = ""
CATEGORY_PAGES_ARE_INDEXES = True
ARCHIVE_FILENAME = "archives/index.html"
ARCHIVES_ARE_INDEXES = True
INDEX_DISPLAY_POST_COUNT = 10
INDEXES_STATIC = False
INDEXES_PRETTY_PAGE_URL = ["page", "{number}", "{index_file}"]

GENERATE_RSS = False
GENERATE_ATOM = True
ATOM_FILENAME_BASE = "feed"
ATOM_EXTENSION = ".xml"
FEED_LENGTH = 20
FEED_TEASERS = False

# Nothing that the others have not.
COMMENT_SYSTEM = ""
COPY_SOURCES = False
USE_BUNDLES = False
ENABLE_AUTHOR_PAGES = False
DISABLED_PLUGINS = ["render_galleries", "render_listings"]
