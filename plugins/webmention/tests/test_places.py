"""Where mentions are taken, as pages and headers say."""


def test_pages_say_where_mentions_are_taken(blog):
    served = blog().serve()

    page, closed = served.visitor.get("/2026/11/billet/"), served.visitor.get("/2026/11/ferme/")
    old = served.visitor.get("/2026/01/vieux/")

    assert '<link rel="webmention" href="https://prland.example/webmention">' in page.text
    assert '<link rel="pingback" href="https://prland.example/pingback">' in page.text
    assert page.headers["link"] == '<https://prland.example/webmention>; rel="webmention"'
    assert page.headers["x-pingback"] == "https://prland.example/pingback"
    assert "webmention" not in closed.text
    assert "webmention" not in old.text


def test_a_site_that_is_closed_to_comments_takes_no_mentions_and_names_no_place_for_them(blog, elsewhere, mention):
    site = blog()
    site.edit(
        "pressframe.toml",
        site.read("pressframe.toml").replace("[plugins.comments]", "[plugins.comments]\nclosed = true"),
    )
    served = site.serve()

    reply = mention(served, elsewhere.put("/a", "<p>Bonjour"))

    assert (reply.status, reply.text) == (400, "target takes no mentions\n")
    assert served.run_jobs() == 0
    page = served.visitor.get("/2026/11/billet/")
    assert "webmention" not in page.text
    assert not {"link", "x-pingback"} & set(page.headers)
