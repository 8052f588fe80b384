import { day, escaped } from "../words.mjs";

export const data = { layout: "base.11ty.mjs" };

export function render({ title, page, category, terms, content }) {
  const tags = terms.map((tag) => `<li><a rel="tag" href="/tag/${tag}/">${tag}</a></li>`);
  return `<article>
<h1>${escaped(title)}</h1>
<p>${day(page.date)}
<a href="/category/${category}/">${category}</a></p>
${content}
<ul>
${tags.join("\n")}
</ul>
</article>`;
}
