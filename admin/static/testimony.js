// The page of a testimony, made quicker: new messages appear while it stands open, and what is written is counted.
// Without this script the same page works by its forms.
"use strict";
(() => {
  const EVERY = 5000, PAUSE = 300; // milliseconds

  const sheet = document.getElementById("sheet");
  if (sheet) {
    const text = sheet.elements.text, count = document.getElementById("count"), empty = count.textContent;
    let waiting, latest = 0;
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const mine = ++latest, data = new FormData(sheet);
        if (!text.value.trim()) { count.textContent = empty; return; }
        data.set("count", "1");
        try {
          const answer = await fetch(sheet.action, { method: "POST", body: data, headers: { Accept: "text/plain" } });
          const told = answer.ok && !answer.redirected ? await answer.text() : empty;
          if (mine === latest) count.textContent = told;
        } catch { /* away for a moment: the form still counts when it is sent */ }
      }, PAUSE);
    });
  }

  const look = async () => {
    const lines = document.getElementById("lines");
    if (!lines || document.hidden) return;
    const address = new URL(lines.dataset.news, location.href);
    address.searchParams.set("after", lines.dataset.newest);
    try {
      const answer = await fetch(address);
      if (answer.status !== 200 || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = page.getElementById("lines");
      if (!newer) return;
      // What is shown stays as it is, so that nothing jumps; what is new is told to those who listen.
      lines.append(...[...newer.children].slice(lines.children.length).map((one) => document.importNode(one, true)));
      lines.dataset.newest = newer.dataset.newest;
    } catch { /* away for a moment: the next look finds it */ }
  };
  setInterval(look, EVERY);
})();
