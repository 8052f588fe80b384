export const data = { permalink: "/sitemap.xml" };

export function render({ collections }) {
  const posts = collections.newest.map(
    ({ url, date }) => `<url><loc>https://bench.example${url}</loc><lastmod>${date.toISOString()}</lastmod></url>`,
  );
  const lists = collections.lists.map(({ address }) => `<url><loc>https://bench.example${address}</loc></url>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${[...posts, ...lists].join("\n")}
</urlset>
`;
}
