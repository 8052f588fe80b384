import { escaped } from "../words.mjs";

export function render({ title, content, collections }) {
  const [, categories] = collections.groups;
  const aside = categories.groups.map(
    ({ name, address, posts }) => `<li><a href="${address}">${name}</a> ${posts.length}</li>`,
  );
  return `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title ? `${escaped(title)} – ` : ""}Banc d’essai</title>
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/atom+xml" href="/feed.xml">
</head>
<body>
<header>
<p><a href="/">Banc d’essai</a></p>
<nav><a href="/">Accueil</a> <a href="/archives/">Archives</a> <a href="/tag/">Étiquettes</a></nav>
</header>
<main>
${content}
</main>
<aside>
<h2>Catégories</h2>
<ul>
${aside.join("\n")}
</ul>
</aside>
<footer><p>Banc d’essai</p></footer>
</body>
</html>
`;
}
