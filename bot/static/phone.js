// The conversation without reloading. The page works without this file: it sends the same forms to the same address
// and puts in what the answered page has more. It keeps nothing and knows nothing of surveys.
"use strict";
(() => {
  const find = (id, page = document) => page.getElementById(id);
  const say = find("say"), text = find("text"), list = find("log").firstElementChild, failure = find("failure");
  const language = document.documentElement.lang;
  let sending = false;
  let failed = null; // what was written when sending failed last; it may have arrived all the same

  const localTimes = (root) => {
    for (const time of root.querySelectorAll("time")) {
      const clock = { hour: "numeric", minute: "2-digit" };
      time.textContent = new Date(time.dateTime).toLocaleTimeString(language, clock);
    }
  };

  const toTheEnd = () => { find("scroll").scrollTop = 0; }; // the list is reversed: 0 is its end

  const show = (page) => {
    find("empty")?.remove();
    find("last")?.removeAttribute("id");
    const known = new Set([...list.children].map((item) => item.dataset.id));
    for (const item of find("log", page).firstElementChild.children) {
      if (!known.has(item.dataset.id)) list.append(document.importNode(item, true));
    }
    localTimes(list);
    const choices = document.importNode(find("choices", page), true);
    find("choices").replaceWith(choices);
    for (const name of ["nonce", "seen"]) say.elements[name].value = find("say", page).elements[name].value;
    say.action = find("say", page).getAttribute("action");
    const header = page.querySelector(".phone > header");
    if (header) document.querySelector(".phone > header").replaceWith(document.importNode(header, true));
  };

  const send = async (form, chosen) => {
    if (sending) return;
    sending = true;
    failure.hidden = true;
    const words = chosen || text.value;
    if (failed !== null && failed !== words) form.elements.nonce.value += "x"; // not the same message again
    try {
      const data = new FormData(form);
      if (chosen) data.set("text", chosen);
      const answer = await fetch(form.action, { method: "POST", body: data });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!find("log", page)) throw new Error("not the conversation");
      show(page);
      if (!chosen && text.value === words) text.value = ""; // not what was typed meanwhile
      failed = null;
    } catch {
      failure.hidden = false;
      failed = words;
    } finally {
      sending = false;
      text.focus();
      toTheEnd();
    }
  };

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "say" && event.target.id !== "choices") return;
    event.preventDefault();
    send(event.target, event.submitter?.name === "text" ? event.submitter.value : "");
  });

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say.requestSubmit();
  });

  localTimes(document);
  text.focus();
  toTheEnd();
})();
