"""The settings of Pelican's site."""

SITENAME = "Banc d’essai"
SITEURL = "https://bench.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "fr"
PATH = "content"
THEME = "theme"
THEME_STATIC_DIR = ""
STATIC_PATHS: list[str] = []
DISPLAY_PAGES_ON_MENU = False
CACHE_CONTENT = LOAD_CONTENT_CACHE = True

ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = "{date:%Y}/{date:%m}/{slug}/index.html"
TAG_URL = "tag/{slug}/"
TAG_SAVE_AS = "tag/{slug}/index.html"
CATEGORY_URL = "category/{slug}/"
CATEGORY_SAVE_AS = "category/{slug}/index.html"
YEAR_ARCHIVE_URL = "{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
AUTHOR_SAVE_AS = ""

DIRECT_TEMPLATES = ["index", "archives", "tags", "categories", "sitemap", "robots"]
ARCHIVES_SAVE_AS = "archives/index.html"
TAGS_SAVE_AS = "tag/index.html"
CATEGORIES_SAVE_AS = "category/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
ROBOTS_SAVE_AS = "robots.txt"

PAGINATED_TEMPLATES = {"index": 10, "tag": 10, "category": 10, "period_archives": 10}
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
SUMMARY_MAX_PARAGRAPHS = 1
SUMMARY_MAX_LENGTH = None

FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None

# Tables and fenced code, and the ids of headings; no table of contents, no colours in code, as everywhere here.
MARKDOWN = {
    "extensions": ["markdown.extensions.extra", "markdown.extensions.meta", "markdown.extensions.toc"],
    "output_format": "html5",
}
