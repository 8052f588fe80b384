// On a static host no server remembers that the reminder was put away: the browser does, for 180 days. Without this
// script the link closes it for the page that is read.
(() => {
  "use strict";
  const AWAY = 180 * 24 * 60 * 60 * 1000;
  const KEY = "reminder-away";
  let since = NaN;
  try {
    since = Number(localStorage.getItem(KEY) ?? NaN);
  } catch {
    return; // a browser that keeps nothing
  }
  if (Math.abs(Date.now() - since) < AWAY) {
    const style = new CSSStyleSheet();
    style.replaceSync(".reminder { display: none !important } :root { --reminder-room: 0px !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
  }
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".reminder-close")) {
      localStorage.setItem(KEY, String(Date.now()));
    }
  });
})();
