// What the lists hold: groups of posts by kind, and their pages of ten.

const SIZE = 10;
const KINDS = {
  tag: { title: "Étiquettes", index: "/tag/", of: (post) => post.data.terms, address: (name) => `/tag/${name}/` },
  category: {
    title: "Catégories",
    index: "/category/",
    of: (post) => [post.data.category],
    address: (name) => `/category/${name}/`,
  },
  year: {
    title: "Archives",
    index: "/archives/",
    of: (post) => [String(post.date.getUTCFullYear())],
    address: (name) => `/${name}/`,
  },
};

/** Return each kind with its groups in order, each with its posts. */
export function groups(posts) {
  return Object.values(KINDS).map(({ title, index, of, address }) => {
    const found = new Map();
    for (const post of posts) {
      for (const name of of(post)) {
        if (!found.has(name)) found.set(name, []);
        found.get(name).push(post);
      }
    }
    const names = [...found.keys()].sort();
    return { title, index, groups: names.map((name) => ({ name, address: address(name), posts: found.get(name) })) };
  });
}

/** Return every page of every list, the home's first. */
export function listPages(posts) {
  const all = groups(posts).flatMap((kind) => kind.groups);
  return [{ name: "", address: "/", posts }, ...all].flatMap(pages);
}

function pages({ name, address, posts }) {
  const count = Math.ceil(posts.length / SIZE);
  const at = (number) => (number === 1 ? address : `${address}page/${number}/`);
  return Array.from({ length: count }, (_, index) => ({
    heading: name,
    address: at(index + 1),
    posts: posts.slice(index * SIZE, (index + 1) * SIZE),
    newer: index > 0 ? at(index) : null,
    older: index + 1 < count ? at(index + 2) : null,
  }));
}
