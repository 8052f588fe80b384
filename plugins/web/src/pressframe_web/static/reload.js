// Reloads the page when the site was built again, but not under who is writing, was given back what they had sent, or
// can mend on this page alone what they have just sent (data-own); says why it could not be built.
(async () => {
  let seen = "";
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const isWritten = () => Array.from(document.querySelectorAll("textarea")).some((one) => one.value !== "");
  const isHeld = () => isWritten() || document.querySelector("[data-own]") !== null;
  const note = document.createElement("pre");
  note.setAttribute("role", "alert");
  Object.assign(note.style, {
    position: "fixed", inset: "auto 0 0 0", zIndex: "2147483647", margin: "0", padding: "1rem 1.25rem",
    maxHeight: "60vh", overflow: "auto", whiteSpace: "pre-wrap", font: "0.9rem/1.5 ui-monospace, monospace",
    color: "#fff", background: "#8a1022", boxShadow: "0 -0.25rem 1rem rgb(0 0 0 / 30%)",
  });
  for (;;) {
    try {
      const reply = await fetch(`/-/changes?${seen}`, { cache: "no-store" });
      const { release, error } = await reply.json();
      if (error) {
        note.textContent = error;
        document.body.append(note);
      } else if (seen && release !== seen && isHeld()) {
        await pause(1000);
        continue;
      } else if (seen && release !== seen) {
        location.reload();
        return;
      } else {
        note.remove();
      }
      seen = release;
    } catch {
      await pause(1000); // the server is being started again
    }
  }
})();
