// The form moves under the comment that it answers, and back; one form sends one comment; fields are remembered if wished.
// Without this script the same links lead to a page with the form in its place.
(() => {
  "use strict";

  const form = document.getElementById("commentform");
  const respond = document.getElementById("respond");
  if (!form || !respond) return;

  const parent = document.getElementById("comment_parent");
  const title = document.getElementById("reply-to");
  const cancel = document.getElementById("cancel-comment-reply-link");
  const field = (name) => form.elements.namedItem(name);

  // ---------------------------------------------------------------------------------------------- answering

  const home = document.createComment("the form's own place");
  const isAtHome = cancel.hidden;
  const ownTitle = title.textContent;
  let asked = null;
  if (isAtHome) respond.before(home);

  function answer(link) {
    asked = link;
    parent.value = link.dataset.comment;
    title.textContent = link.getAttribute("aria-label");
    cancel.hidden = false;
    link.closest(".comment-body").after(respond);
    field("comment").focus();
  }

  function goHome() {
    parent.value = "";
    title.textContent = ownTitle;
    cancel.hidden = true;
    home.after(respond);
    if (asked) asked.focus();
    asked = null;
  }

  if (isAtHome) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest(".comment-reply-link");
      const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (link && isPlain) {
        event.preventDefault();
        answer(link);
      }
    });
    cancel.addEventListener("click", (event) => {
      event.preventDefault();
      goHome();
    });
    respond.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && asked) goHome();
    });
  }

  // ------------------------------------------------------------------------------------------------- once

  // Sent twice, by a double click or after a lost connection, the same text with the same key is one comment.
  const key = field("key");
  if (!key.value) key.value = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");

  // --------------------------------------------------------------------------------------------- remembering

  const names = ["author", "email", "url"];
  const place = "pressframe.commenter";
  const consent = document.getElementById("comment-consent");
  consent.replaceWith(consent.content.cloneNode(true));
  const remember = document.getElementById("comment-remember");

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {};
    }
  }

  const before = remembered();
  for (const name of names) {
    if (typeof before[name] === "string") {
      remember.checked = true;
      if (!field(name).value) field(name).value = before[name];
    }
  }
  form.addEventListener("submit", () => {
    try {
      if (remember.checked) {
        localStorage.setItem(place, JSON.stringify(Object.fromEntries(names.map((name) => [name, field(name).value]))));
      } else {
        localStorage.removeItem(place);
      }
    } catch {
      // A browser that keeps nothing: then nothing is remembered.
    }
  });
})();
