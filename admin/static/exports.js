// The list of exports, kept up to date while something is being made. Without this script one loads the page again.
"use strict";
(() => {
  const EVERY = 2000; // milliseconds
  const list = document.getElementById("exports"), told = document.getElementById("told");
  if (!list) return;

  // A bar moves where it is, so that nobody loses their place; what is over is shown anew, and told.
  const show = (old, now) => {
    const bar = old.querySelector("progress"), next = now.querySelector("progress");
    if (bar && next && now.hasAttribute("data-watch")) {
      bar.value = next.value;
      old.querySelector(".share").textContent = now.querySelector(".share").textContent;
      old.querySelector(".badge").textContent = now.querySelector(".badge").textContent;
      return;
    }
    old.replaceWith(document.importNode(now, true));
    told.textContent = now.querySelector("h2").textContent.replace(/\s+/g, " ").trim();
  };

  const look = async () => {
    const watched = [...list.querySelectorAll("[data-watch]")];
    if (!watched.length || document.hidden) return;
    const address = new URL(list.dataset.news, location.href);
    for (const one of watched) address.searchParams.append("id", one.dataset.id);
    try {
      const answer = await fetch(address);
      if (answer.status !== 200 || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of watched) {
        const now = page.getElementById(old.id);
        if (now) show(old, now);
      }
    } catch { /* away for a moment: the next look finds it */ }
  };
  setInterval(look, EVERY);
})();
