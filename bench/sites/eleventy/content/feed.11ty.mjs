import { escaped } from "../words.mjs";

export const data = { permalink: "/feed.xml" };

export function render({ collections }) {
  const posts = collections.newest.slice(0, 20);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>https://bench.example/</id>
<title>Banc d’essai</title>
<link rel="self" href="https://bench.example/feed.xml"/>
<updated>${posts[0].date.toISOString()}</updated>
${posts.map(entry).join("\n")}
</feed>
`;
}

function entry(post) {
  return `<entry>
<id>https://bench.example${post.url}</id>
<title>${escaped(post.data.title)}</title>
<link href="https://bench.example${post.url}"/>
<updated>${post.date.toISOString()}</updated>
<content type="html">${escaped(post.content)}</content>
</entry>`;
}
