// A sheet that is typed in: the server's engine says what follows, and keeps it meanwhile. Digits choose, Ctrl-Enter saves.
(() => {
  "use strict";
  const typing = (target) => target.matches("textarea, input:not([type=radio]):not([type=checkbox]), select");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      document.getElementById("save")?.click();
      return;
    }
    if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const within = event.target.closest("fieldset") || document;
    const option = within.querySelector(`.option input[value="${event.key}"]`) || document.querySelector(`[data-key="${event.key}"]`);
    option?.click();
  });

  const form = document.getElementById("paper");
  if (!form) return;
  const kept = document.getElementById("kept");
  let waits = 0, round = 0, pressed = false, changed = false, looking = false;
  const show = (told) => {
    const shown = new Set(told.shown);
    for (const item of form.querySelectorAll("[data-slot]")) {
      item.hidden = !shown.has(item.dataset.slot);
      const label = document.getElementById(`l-${item.dataset.slot.replace("/", "-")}`);
      if (label && label.textContent !== told.labels[item.dataset.slot]) label.textContent = told.labels[item.dataset.slot];
    }
    const help = document.getElementById("help");
    const named = told.help.map((text) => {
      const line = document.createElement("p");
      line.className = "words";
      line.dir = "auto";
      line.append(Object.assign(document.createElement("strong"), { textContent: text }));
      return line;
    });
    if (named.length) help.replaceChildren(...named); // what the saved sheet before asked for stays until then
    if (named.length) document.getElementById("danger").hidden = false;
    kept.textContent = told.kept;
    kept.classList.remove("trouble");
  };
  const look = async () => {
    if (looking) return; // of two at once the older might come last, and be kept: what changed meanwhile goes after it
    const mine = ++round;
    let out = false; // no longer logged in
    looking = true;
    changed = false;
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", signal: AbortSignal.timeout(20000) });
      if (answer.type === "opaqueredirect") out = true;
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      looking = false;
      if (mine === round) show(told);
      if (changed && !pressed) soon(0);
    } catch {
      looking = false;
      changed = true;
      kept.textContent = out ? form.dataset.out : form.dataset.lost;
      kept.classList.add("trouble");
      clearTimeout(waits);
      waits = setTimeout(look, 5000);
    }
  };
  const soon = (delay) => {
    changed = true;
    clearTimeout(waits);
    waits = setTimeout(look, delay);
  };
  form.addEventListener("input", () => soon(600));
  form.addEventListener("change", (event) => {
    if (event.target.id === "language") document.getElementById("switch").click();
    else soon(0);
  });
  form.addEventListener("submit", () => {
    pressed = true;
    clearTimeout(waits);
    round += 1;
  });
  window.addEventListener("pagehide", () => {
    if ((changed || looking) && !pressed) navigator.sendBeacon(form.dataset.look, new URLSearchParams(new FormData(form)));
  });
  window.addEventListener("pageshow", () => {
    pressed = false;
  });
  // Without a mouse a radio cannot be taken back: Backspace takes it back.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && event.target.matches("input[type=radio]")) {
      event.target.checked = false;
      soon(0);
    }
  });
})();
