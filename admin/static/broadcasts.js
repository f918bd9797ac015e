// How far a broadcast is, kept up to date while it is on its way. Without this script one loads the page again.
"use strict";
(() => {
  const EVERY = 2000; // milliseconds
  const going = document.getElementById("going");
  if (!going) return;

  const look = async () => {
    const old = document.getElementById("progress");
    if (!old || !old.hasAttribute("data-watch") || document.hidden || old.contains(document.activeElement)) return;
    try {
      const answer = await fetch(new URL(going.dataset.news, location.href));
      if (answer.status !== 200 || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("progress");
      if (!now) return;
      if (now.dataset.standing !== old.dataset.standing) {
        location.reload(); // what can be pressed is another thing now, and there is nothing to type here
        return;
      }
      const bar = old.querySelector("progress"), next = now.querySelector("progress");
      if (bar && next) { // a bar moves where it is
        bar.value = next.value;
        next.replaceWith(bar);
      }
      old.replaceWith(document.importNode(now, true));
    } catch { /* away for a moment: the next look finds it */ }
  };
  setInterval(look, EVERY);
})();
