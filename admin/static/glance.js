// The overview renews itself while it stands open. What was unfolded stays so, the focus stays where it was, and
// without this script the same page is renewed by loading it again.
"use strict";
(() => {
  const EVERY = 30000; // milliseconds
  const place = document.getElementById("glance");
  if (!place) return;
  let busy = false;

  const keepAsItWas = (fresh) => {
    for (const one of place.querySelectorAll("details[id][open]")) {
      const same = fresh.getElementById(one.id);
      if (same) same.open = true;
    }
  };

  const scrolled = () => [...place.querySelectorAll(".scroll[id]")].map((one) => [one.id, one.scrollLeft]);

  const renew = (fresh) => {
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    const moved = scrolled();
    keepAsItWas(fresh);
    place.replaceChildren(...[...fresh.body.childNodes].map((one) => document.importNode(one, true)));
    for (const [id, left] of moved) {
      const same = document.getElementById(id);
      if (same) same.scrollLeft = left;
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  // What somebody is marking to copy must not vanish under the hand.
  const marking = () => {
    const marked = getSelection();
    return marked && !marked.isCollapsed && place.contains(marked.anchorNode);
  };

  const look = async () => {
    if (document.hidden || busy || marking()) return;
    busy = true;
    try {
      const answer = await fetch(place.dataset.news);
      if (answer.status === 200 && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!marking()) renew(fresh);
      }
    } catch { /* away for a moment: the next look finds it */ }
    busy = false;
  };

  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
})();
