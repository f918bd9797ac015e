// How many testimonies the choice will take out, told again when it changes. Without this script a button counts.
"use strict";
(() => {
  const line = document.getElementById("count");
  if (!line) return;
  const form = line.closest("form"), press = form.querySelector("[data-count]");
  let latest = 0;
  press.hidden = true;
  form.addEventListener("change", async () => {
    const mine = ++latest;
    try {
      const answer = await fetch(press.formAction, { method: "POST", body: new FormData(form), headers: { Accept: "text/plain" } });
      const told = answer.ok && !answer.redirected ? await answer.text() : "";
      if (mine === latest) line.textContent = told;
    } catch {
      if (mine === latest) line.textContent = ""; // away for a moment: what is not known is not told
    }
  });
})();
