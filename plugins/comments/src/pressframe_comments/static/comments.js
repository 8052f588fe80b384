// What the pages do by themselves, done without leaving the place: the form moves under the comment that it answers,
// comments are sent, previewed and edited in the page, and what is new is told. Without this script the same links and
// buttons lead to pages that show the same.
(() => {
  "use strict";

  const area = () => document.getElementById("comments");
  const form = () => document.getElementById("commentform");
  const byId = (id) => document.getElementById(id);
  const field = (name) => form().elements.namedItem(name);
  const ids = (root) => new Set(Array.from(root.querySelectorAll(".comment[id], .pingback[id]"), (item) => item.id));
  if (!area()) return;

  // --------------------------------------------------------------------------------------------------- telling

  const status = document.createElement("p");
  status.className = "comment-status screen-reader-text";
  status.setAttribute("role", "status");
  area().before(status);

  function tell(words) {
    status.textContent = "";
    setTimeout(() => { status.textContent = words; }, 50); // so that the same words are read out again
  }

  function show(element) {
    if (!element) return;
    if (!element.matches("a[href], input, textarea, button, [tabindex]")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    const box = element.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) element.scrollIntoView({ block: "center" });
  }

  // ------------------------------------------------------------------------------------------------- answering

  let home = null; // where the form was before it moved
  let asked = null;

  function answer(link) {
    const respond = byId("respond");
    if (!home) {
      home = document.createComment("the form's own place");
      home.title = byId("reply-to").textContent;
      respond.before(home);
    }
    asked = link;
    byId("comment_parent").value = link.dataset.comment;
    byId("reply-to").textContent = link.getAttribute("aria-label");
    byId("cancel-comment-reply-link").hidden = false;
    link.closest(".comment-body").after(respond);
    field("comment").focus();
  }

  function goHome() {
    byId("comment_parent").value = "";
    byId("reply-to").textContent = home.title;
    byId("cancel-comment-reply-link").hidden = true;
    home.after(byId("respond"));
    if (asked) asked.focus();
    home.remove();
    home = asked = null;
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = event.target.closest("#comments a");
    if (!link) return;
    const isAnswer = link.matches(".comment-reply-link") && form() && !form().action.endsWith("/edit");
    if (isAnswer && !link.closest("#respond")) {
      event.preventDefault();
      answer(link);
    } else if (link.id === "cancel-comment-reply-link" && home) {
      event.preventDefault();
      goHome();
    } else if (link.matches(".comment-own a[href$='/edit']")) {
      event.preventDefault();
      load(link.href, {}, link);
    } else if (link.closest(".errors")) {
      event.preventDefault();
      show(byId(link.hash.slice(1)));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && asked && event.target.closest("#respond")) goHome();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("#comment")) {
      form().requestSubmit(byId("submit"));
    }
  });

  // --------------------------------------------------------------------------------------------------- sending

  let isBusy = false;

  // Sent twice, by a double click or after a lost connection, the same text with the same key is one comment.
  function makeKey() {
    const key = form() && field("key");
    if (key && !key.value) {
      key.value = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
    }
  }

  // The answer is a whole page; its comments take the place of those that are here.
  async function load(address, options, from) {
    if (isBusy) return;
    isBusy = true;
    const words = area().dataset;
    tell(words.sending);
    if (form()) form().setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(address, { credentials: "same-origin", ...options });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const found = page.getElementById("comments");
      if (!found) throw new Error(String(reply.status));
      home = asked = null;
      const known = ids(area());
      area().replaceWith(document.adoptNode(found));
      makeKey();
      arrive(Array.from(ids(area())).find((id) => !known.has(id)));
    } catch {
      tell(words.failed);
      if (form()) form().removeAttribute("aria-busy");
      if (from) from.focus();
    } finally {
      isBusy = false;
    }
  }

  // Where the focus belongs after an answer: what is wrong, the preview, what is edited, or the new comment.
  function arrive(news) {
    const notice = area().querySelector(".comment-notice");
    const first = area().querySelector("[autofocus]");
    const isEdit = form() && form().action.endsWith("/edit");
    if (byId("comment-errors") || byId("comment-preview") || byId("comment-lost")) {
      show(first);
      if (byId("comment-errors") && byId("comment-errors").getBoundingClientRect().top < 0) {
        byId("comment-errors").scrollIntoView(); // some of what can be wrong is said there alone
        if (first && first.getBoundingClientRect().top > innerHeight) show(first);
      }
      if (byId("comment-lost")) tell(area().querySelector("label[for=comment-lost]").textContent);
      else if (byId("comment-errors")) tell(byId("comment-errors").querySelector("p").textContent);
      else if (byId("comment-preview-title")) tell(byId("comment-preview-title").textContent);
    } else if (isEdit) {
      show(field("comment"));
      tell(byId("reply-to").textContent);
    } else if (area().dataset.own || (news && !notice)) {
      const own = byId(area().dataset.own ? `comment-${area().dataset.own}` : news);
      const waits = own && own.querySelector(".comment-awaiting-moderation");
      show(own);
      tell(waits ? waits.textContent : area().dataset.here);
    } else if (notice) {
      show(notice);
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    makeKey();
    const data = new URLSearchParams(new FormData(form(), event.submitter));
    note(data.get("remember"));
    load(form().action, { method: "POST", body: data }, event.submitter);
  });

  // ----------------------------------------------------------------------------------------------- remembering

  // What is remembered is in a cookie that scripts can't read; it is asked for when somebody begins to type, and only
  // where this browser has noted that there is something, or may be signed in.
  const place = "pressframe.commenter";
  const names = ["author", "email", "url"];
  let isFilled = false;

  function note(remembers) {
    try {
      if (remembers) localStorage.setItem(place, "1");
      else localStorage.removeItem(place);
    } catch {
      // A browser that keeps nothing: then nothing is remembered.
    }
  }

  async function fill() {
    // A form with a stamp was made for this reader alone: the server has filled it.
    if (isFilled || !form() || form().action.endsWith("/edit") || field("stamp").value) return;
    isFilled = true;
    try {
      const known = await (await fetch("/comments/me", { credentials: "same-origin" })).json();
      for (const name of names) {
        const input = form() && field(name);
        if (input && !input.value && known[name]) input.value = known[name];
      }
      if (form() && field("remember") && known.remember) field("remember").checked = true;
      if (known.reader !== null && form()) meet(known.reader);
    } catch {
      isFilled = false;
    }
  }

  // A signed-in reader comments under their name: the fields for strangers go.
  function meet(name) {
    const author = field("author");
    if (author && name) author.value = name;
    if (author && name) {
      const said = document.createElement("p");
      said.className = "logged-in-as";
      said.textContent = area().dataset.signed.replace("{name}", () => name);
      author.closest("p").hidden = true;
      author.closest("p").before(said);
      tell(said.textContent);
    } else if (author) {
      author.required = true;
      keep(author);
    }
    const email = field("email");
    if (!email) return;
    email.required = false;
    const star = email.closest("p").querySelector(".required");
    if (star) star.hidden = true;
  }

  // Whose account has no name is told what becomes of the one that they type.
  function keep(author) {
    const words = area().dataset.kept;
    if (!words) return;
    const kept = byId("author-kept") || document.createElement("span");
    kept.id = "author-kept";
    kept.className = "comment-help";
    kept.textContent = words;
    author.after(kept);
    author.setAttribute("aria-describedby", kept.id);
  }

  document.addEventListener("focusin", (event) => {
    if (event.target.closest("#commentform")) fill();
  });

  // ---------------------------------------------------------------------------------------------- what is new

  let looked = Date.now();

  // Who comes back to the page after a while is told what was said meanwhile; nothing is asked before that.
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < 30000 || area().dataset.own) return;
    looked = Date.now();
    try {
      const reply = await fetch(location.pathname, { credentials: "same-origin", cache: "no-cache" });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const found = page.getElementById("comments");
      if (!reply.ok || !found) return;
      const known = ids(area());
      const title = area().querySelector(".comments-title");
      const news = Array.from(ids(found)).filter((id) => !known.has(id));
      if (title && found.querySelector(".comments-title")) {
        title.textContent = found.querySelector(".comments-title").textContent;
      }
      if (news.length && !byId("comments-news")) {
        const link = document.createElement("a");
        link.id = "comments-news";
        link.className = "comment-notice";
        link.href = `${location.pathname}#${news[0]}`;
        link.textContent = area().dataset.news;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          const list = found.querySelector(".comment-list");
          const here = area().querySelector(".comment-list");
          if (home) goHome();
          if (here && list) here.replaceWith(document.adoptNode(list));
          else location.reload();
          link.remove();
          show(byId(news[0]));
        });
        (title || area().firstElementChild).after(link);
        tell(link.textContent);
      }
    } catch {
      // Without a connection there is nothing new.
    }
  });

  // ----------------------------------------------------------------------------------------------- other pages

  // A link to a comment that stands on another page of a long conversation leads there.
  const named = /^#comment-([A-Za-z0-9-]+)$/.exec(location.hash);
  if (named && !byId(`comment-${named[1]}`) && area().querySelector(".comment-navigation")) {
    location.replace(`/comment/${named[1]}?on=${encodeURIComponent(area().dataset.entry)}`);
  }

  makeKey();
  if (form()) form().setAttribute("data-ready", "");
})();
