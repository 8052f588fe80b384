// The settings of Eleventy's site.

import { groups, listPages } from "./lists.mjs";

export default function (eleventy) {
  eleventy.addPassthroughCopy({ static: "/" });
  eleventy.setFrontMatterParsingOptions({ excerpt: (file) => (file.excerpt = file.content.trimStart().split("\n\n", 1)[0]) });
  eleventy.amendLibrary("md", withIds);
  eleventy.addCollection("newest", newest);
  eleventy.addCollection("groups", (collections) => groups(newest(collections)));
  eleventy.addCollection("lists", (collections) => listPages(newest(collections)));
  return {
    dir: { input: "content", includes: "../_includes", output: "public" },
    markdownTemplateEngine: false, // Markdown is Markdown: Liquid would read every post first
  };
}

function newest(collections) {
  return collections.getFilteredByTag("posts").reverse();
}

/** As markdown-it-anchor makes them; Eleventy's own slugs take half the time of a build. */
function withIds(markdown) {
  markdown.core.ruler.push("ids", ({ tokens }) => {
    tokens.forEach((token, index) => {
      if (token.type === "heading_open") token.attrSet("id", slug(tokens[index + 1].content));
    });
  });
}

function slug(heading) {
  return encodeURIComponent(heading.trim().toLowerCase().replace(/\s+/g, "-"));
}
