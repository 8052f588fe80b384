import { day, escaped } from "../words.mjs";

export const data = {
  pagination: { data: "collections.lists", size: 1, alias: "list" },
  layout: "base.11ty.mjs",
  permalink: ({ list }) => list.address,
  eleventyComputed: { title: ({ list }) => list.heading },
};

export function render({ list }) {
  const heading = list.heading ? `<h1>${list.heading}</h1>` : "";
  return `${heading}
${list.posts.map(card).join("\n")}
<nav>
${list.newer ? `<a rel="prev" href="${list.newer}">Articles plus récents</a>` : ""}
${list.older ? `<a rel="next" href="${list.older}">Articles plus anciens</a>` : ""}
</nav>`;
}

function card(post) {
  return `<article>
<h2><a href="${post.url}">${escaped(post.data.title)}</a></h2>
<p>${day(post.date)}</p>
<p>${escaped(post.page.excerpt)}</p>
</article>`;
}
