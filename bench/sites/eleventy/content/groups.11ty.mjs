export const data = {
  pagination: { data: "collections.groups", size: 1, alias: "kind" },
  layout: "base.11ty.mjs",
  permalink: ({ kind }) => kind.index,
  eleventyComputed: { title: ({ kind }) => kind.title },
};

export function render({ kind }) {
  const lines = kind.groups.map(({ name, address, posts }) => `<li><a href="${address}">${name}</a> ${posts.length}</li>`);
  return `<h1>${kind.title}</h1>
<ul>
${lines.join("\n")}
</ul>`;
}
