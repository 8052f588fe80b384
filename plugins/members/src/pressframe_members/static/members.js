// A page that is open to all is one file for all: what it offers to strangers is put away where somebody is signed in,
// before it is drawn. The cookie is a hint that opens nothing. Without this script the offers stay, and the link to the
// account beside them suits both.
(() => {
  "use strict";
  if (!/(^|; )(__Host-)?signed-in=1(;|$)/.test(document.cookie)) return;
  const style = new CSSStyleSheet();
  style.replaceSync(".members-offer { display: none !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
})();
