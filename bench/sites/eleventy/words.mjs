// How templates write text and dates.

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => SIGNS[sign]);
}

export function day(date) {
  const iso = date.toISOString().slice(0, 10);
  return `<time datetime="${iso}">${iso.split("-").reverse().join("/")}</time>`;
}
