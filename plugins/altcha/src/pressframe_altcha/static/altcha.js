// Works for a comment before it is sent, in the background, from the moment when its form is touched.
// Without this script, or where it fails, the comment is sent all the same, and waits for the site's owner.
(() => {
  "use strict";

  // The form is another one after each answer that is shown without leaving the page: it is asked for anew each time.
  const line = () => document.getElementById("comment-proof");
  const form = () => line() && line().closest("form");
  const field = () => form() && form().elements.namedItem("altcha");
  if (!field() || document.documentElement.dataset.proof) return; // browsers may run it again with each of them
  document.documentElement.dataset.proof = "on";

  const words = { ...line().dataset };
  const lifetime = Number(words.lifetime) * 900; // nine tenths of it, in milliseconds
  let work = null; // what ends when there is a proof, or none can be made
  let since = 0;
  let isDone = false;
  let isSpent = false;
  let isWaiting = false;
  let made = "";
  field().value = ""; // browsers bring back what was in a form that was left

  function say(text) {
    if (line() && line().textContent !== text) line().textContent = text;
  }

  // ---------------------------------------------------------------------------------------------- working

  function search(challenge) {
    const count = Math.max(1, Math.min(navigator.hardwareConcurrency || 1, 4));
    const workers = [];
    return new Promise((resolve, reject) => {
      for (let start = 0; start < count; start += 1) {
        const worker = new Worker(words.worker);
        workers.push(worker);
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = () => reject(new Error("a worker failed"));
        worker.postMessage({ parameters: challenge.parameters, start, step: count });
      }
    }).finally(() => workers.forEach((worker) => worker.terminate()));
  }

  async function prove() {
    try {
      if (!window.isSecureContext) throw new Error("browsers hash in a safe context only");
      const answer = await fetch(words.challenge, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) throw new Error("no challenge");
      const challenge = await answer.json();
      const solution = await search(challenge);
      return btoa(JSON.stringify({ challenge, solution }));
    } catch {
      return "";
    }
  }

  function begin() {
    const isOld = performance.now() - since > lifetime;
    if (work && !isSpent && !isOld) return work;
    isSpent = isDone = false;
    since = performance.now();
    made = "";
    say(words.working);
    work = prove().then((proof) => {
      made = proof;
      isDone = true;
      say(proof ? words.done : words.failed);
    });
    return work;
  }

  document.addEventListener("focusin", (event) => {
    if (form() && form().contains(event.target)) begin();
  });

  // ---------------------------------------------------------------------------------------------- sending

  document.addEventListener(
    "submit",
    (event) => {
      const { submitter } = event;
      if (event.target !== form() || (submitter && submitter.name === "preview")) return; // a look costs nothing
      const isReady = isDone && !isSpent && performance.now() - since <= lifetime;
      if (isReady) {
        field().value = made;
        setTimeout(() => {
          isSpent = true; // one proof is for one comment
        });
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (isWaiting) return;
      isWaiting = true;
      const finished = begin();
      say(words.waiting);
      finished.then(() => {
        isWaiting = false;
        if (form()) form().requestSubmit(submitter && submitter.form === form() ? submitter : undefined);
      });
    },
    true,
  );
})();
