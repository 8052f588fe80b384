export default {
  layout: "post.11ty.mjs",
  tags: "posts",
  permalink: ({ page }) => `/${page.date.toISOString().slice(0, 7).replace("-", "/")}/${page.fileSlug}/`,
};
