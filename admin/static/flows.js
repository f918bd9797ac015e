// The survey's text with its findings beside the lines, and the phone that plays it. The pages work without this file:
// it sends the same forms to the same addresses. It keeps nothing and knows nothing of the language of surveys.
"use strict";
document.documentElement.classList.add("scripts");

const find = (id, page = document) => page.getElementById(id);

// What the server said of the log-in: a token grows old when somebody logs in again in another tab.
const send = async (address, data, options = {}) => {
  const once = () => fetch(address, { method: "POST", body: data, ...options });
  let answer = await once();
  if (answer.status === 400 && (answer.headers.get("Content-Type") || "").startsWith("text/html")) {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector(".bar [name=csrf_token]")?.value;
    if (!token) return answer;
    for (const field of document.getElementsByName("csrf_token")) field.value = token;
    data.set("csrf_token", token);
    answer = await once();
  }
  return answer;
};

const phone = (() => {
  let latest = 0;
  const source = find("source");

  const endInSight = () => { const scroll = find("scroll"); if (scroll) scroll.scrollTop = 0; };

  // Only what is new is put into the log, so that those who listen hear only that.
  const putIn = (page) => {
    const before = find("phone"), after = document.importNode(find("phone", page), true);
    const old = find("log"), fresh = after.querySelector("#log");
    if (!fresh && old) { // there is something to mend: the conversation stays in sight
      tell(after.querySelector("#paused").textContent);
      return;
    }
    if (old && fresh) {
      const list = old.querySelector("ol"), more = fresh.querySelector("ol");
      const same = [...list.children].every((item, place) => item.isEqualNode(more.children[place]));
      if (same) list.append(...[...more.children].slice(list.children.length));
      else list.replaceWith(more);
      fresh.replaceWith(old);
    }
    before.replaceWith(after);
    endInSight();
  };

  const press = async (form, submitter, quiet = false) => {
    const turn = ++latest, half = find("say-text")?.value || "";
    const data = new FormData(form, submitter);
    data.set("part", "phone");
    if (quiet) data.delete("say");
    if (source) data.set("source", source.value);
    const here = document.activeElement?.closest("#phone") ? document.activeElement : null;
    try {
      const answer = await send(form.action, data);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== latest) return;
      if (!find("phone", page)) throw new Error("not the phone");
      putIn(page);
      if (find("say-text") && form.id !== "say" || quiet) find("say-text").value = half; // what is half written stays
      if (here) focusLike(here);
    } catch {
      tell(find("phone").dataset.away);
    }
  };

  // Where the hand was: the phone that was put in has its own buttons.
  const focusLike = (here) => {
    const same = here.name === "speak" ? document.querySelector(`#phone [name=speak][value="${here.value}"]`) : find(here.id);
    (same || find("say-text") || document.body).focus({ preventScroll: true });
  };

  const tell = (text) => {
    find("paused").textContent = text;
    find("paused").hidden = false;
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#phone")) return;
    event.preventDefault();
    press(event.target, event.submitter);
  });
  endInSight();

  // The same conversation with the text as it is now; the first message, if there was nothing to play yet.
  const again = () => {
    if (find("say")) return press(find("say"), null, true);
    const form = document.createElement("form");
    form.action = find("phone").dataset.play;
    form.append(document.querySelector("[name=csrf_token]").cloneNode());
    return press(form, null, true);
  };

  return { again };
})();

if (find("writing")) (() => {
  const form = find("writing"), source = find("source"), paper = find("paper"), notes = find("notes");
  const state = find("state"), tally = find("tally"), next = find("next"), near = find("near");
  const words = JSON.parse(form.dataset.words); // in the language of the page
  let lines = [], findings = [], kept = source.defaultValue, latest = 0, timer = 0, free = false, saving = false;

  // The paper under the text: the same lines, each with its number and its finding.
  const inked = (line) => {
    const item = document.createElement("div");
    const remark = line.match(/(?:^|\s)#.*$/), quoted = remark && (line.slice(0, remark.index).match(/["']/g) || []).length % 2;
    const cut = remark && !quoted ? remark.index : line.length;
    const key = line.slice(0, cut).match(/^(\s*(?:- )?)([\w-]+)(?=:(?:\s|$))/);
    const parts = key ? [["", key[1]], ["key", key[2]], ["", line.slice(key[0].length, cut)]] : [["", line.slice(0, cut)]];
    for (const [kind, text] of [...parts, ["remark", line.slice(cut)]]) {
      const span = document.createElement("span");
      span.className = kind;
      span.textContent = text;
      item.append(span);
    }
    return item;
  };

  const draw = () => {
    const now = source.value.split("\n");
    let head = 0, tail = 0;
    while (head < now.length && head < lines.length && now[head] === lines[head]) head += 1;
    const most = Math.min(now.length, lines.length) - head;
    while (tail < most && now.at(-1 - tail) === lines.at(-1 - tail)) tail += 1;
    const gone = [...paper.children].slice(head, lines.length - tail);
    const before = paper.children[lines.length - tail] || null;
    for (const line of now.slice(head, now.length - tail)) paper.insertBefore(inked(line), before);
    for (const item of gone) item.remove();
    lines = now;
  };

  const lineAt = (place) => source.value.slice(0, place).split("\n").length;

  const goTo = (line, column = 1) => {
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const place = start + Math.min([...(lines[line - 1] || "")].slice(0, column - 1).join("").length, (lines[line - 1] || "").length);
    source.focus({ preventScroll: true });
    source.setSelectionRange(place, place);
    paper.children[line - 1]?.scrollIntoView({ block: "center" });
  };

  // Each note beside its line, or below what stands there already; mistakes choose before hints.
  const arrange = () => {
    const all = [...notes.children], taken = [];
    notes.style.minHeight = "";
    for (const item of [...all.filter((one) => one.className === "bad"), ...all.filter((one) => one.className !== "bad")]) {
      item.style.top = "";
      if (getComputedStyle(item).position !== "absolute") continue;
      const line = paper.children[item.dataset.line - 1] || paper.lastElementChild, height = item.offsetHeight + 10;
      let top = line ? line.offsetTop : 0;
      for (const [from, to] of taken) if (top < to && top + height > from) top = to;
      taken.push([top, top + height]);
      taken.sort((one, other) => one[0] - other[0]);
      item.style.top = `${top}px`;
      notes.style.minHeight = `${taken.at(-1)[1]}px`;
    }
  };

  const note = (one) => {
    const item = document.createElement("li"), where = document.createElement("button"), message = document.createElement("p");
    item.className = one.warning ? "hint" : "bad";
    item.dataset.line = one.line;
    where.type = "button";
    where.className = "link where";
    where.textContent = one.where;
    where.addEventListener("click", () => goTo(one.line, one.column));
    message.textContent = one.message;
    message.lang = one.language;
    item.append(where, message);
    if (one.cure) {
      const cure = document.createElement("p");
      cure.className = "cure";
      cure.textContent = one.cure;
      cure.lang = one.language;
      item.append(cure);
    }
    return item;
  };

  const show = (found) => {
    findings = found.findings;
    for (const item of paper.querySelectorAll(".bad, .hint")) item.className = "";
    for (const one of findings) {
      const item = paper.children[Math.min(one.line, lines.length) - 1];
      if (item && item.className !== "bad") item.className = one.warning ? "hint" : "bad";
    }
    notes.replaceChildren(...findings.map(note));
    notes.parentElement.classList.toggle("clean", !findings.length);
    comeNear();
    if (next.textContent !== found.tally) tally.textContent = next.textContent = found.tally;
    next.disabled = !findings.length;
    next.parentElement.classList.toggle("bad", found.mistakes > 0);
    arrange();
  };

  const data = () => {
    const all = new FormData();
    all.set("csrf_token", form.elements.csrf_token.value);
    all.set("source", source.value);
    return all;
  };

  const check = async (play) => {
    const turn = ++latest;
    try {
      const answer = await send(form.dataset.check, data());
      const found = answer.headers.get("Content-Type") === "application/json" ? await answer.json() : null;
      if (turn !== latest || !found) return;
      if (found.refused) tell(found.refused, true);
      else show(found);
      if (play) phone.again();
    } catch { /* no connection: the next letter asks again */ }
  };

  const tell = (text, trouble = false, link = null) => {
    state.textContent = text;
    if (link) state.append(" ", link);
    state.classList.toggle("trouble", trouble);
  };

  const changed = () => source.value !== kept;

  // One thing to do next stands out: save what is new, else publish.
  const suggest = () => {
    find("save").classList.toggle("quiet", !changed());
    find("publish").classList.toggle("quiet", changed());
  };

  const logIn = () => {
    const link = document.createElement("a");
    link.href = form.dataset.login;
    link.target = "_blank";
    link.textContent = words.logIn;
    return link;
  };

  const save = async () => {
    if (saving) return;
    saving = true;
    const text = source.value, all = data();
    all.set("revision", form.elements.revision.value);
    tell(words.saving);
    try {
      const answer = await send(form.action, all, { headers: { Accept: "application/json" } });
      if (answer.status === 409) { // somebody else saved meanwhile: the server shows both texts
        kept = source.value;
        form.submit();
      } else if (answer.ok && !answer.redirected) {
        form.elements.revision.value = (await answer.json()).revision;
        kept = text;
        tell(changed() ? words.changed : words.saved);
        find("publish").hidden = false;
        suggest();
        if (document.querySelector(".meanwhile")) location.assign(form.action);
      } else if (answer.status === 422) {
        tell(`${words.refused} ${(await answer.json()).refused}`, true);
      } else if (answer.redirected || answer.status === 400) {
        tell(words.loggedOut, true, logIn());
      } else if (answer.status === 413) {
        tell(words.tooLong, true);
      } else {
        tell(words.failed, true);
      }
    } catch {
      tell(words.away, true);
    } finally {
      saving = false;
    }
  };

  source.addEventListener("input", () => {
    draw();
    arrange();
    tell(changed() ? words.unsaved : words.same);
    suggest();
    clearTimeout(timer);
    timer = setTimeout(check, 400, true);
  });

  source.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (event.key === "Escape") free = true;
    else if (event.key === "Tab" && plain && !free) {
      event.preventDefault();
      document.execCommand("insertText", false, "  ");
    } else if (event.key === "Enter" && plain && !event.isComposing) {
      event.preventDefault();
      const line = source.value.slice(0, source.selectionStart).split("\n").at(-1);
      document.execCommand("insertText", false, `\n${line.match(/^ */)[0]}${/:\s*$/.test(line) ? "  " : ""}`);
    } else if (event.key !== "Shift") free = false;
  });
  source.addEventListener("blur", () => { free = false; });

  // From one mistake to the next, and around; from hint to hint when no mistake is left.
  next.addEventListener("click", () => {
    const line = lineAt(source.selectionStart), bad = findings.filter((found) => !found.warning);
    const all = bad.length ? bad : findings;
    const one = all.find((found) => found.line > line) || all[0];
    if (one) goTo(one.line, one.column);
  });

  // Where the margin has no room, the notes of the cursor's line come up from below.
  const comeNear = () => {
    const line = lineAt(source.selectionStart);
    const here = findings.filter((one) => one.line === line);
    near.replaceChildren(...here.map(note));
    near.hidden = !here.length;
  };

  // The question around the cursor is the one to jump to.
  document.addEventListener("selectionchange", () => {
    if (document.activeElement !== source) return;
    comeNear();
    const jump = find("jump"), line = lineAt(source.selectionStart);
    if (!jump) return;
    const above = [...jump.options].filter((one) => one.dataset.line && Number(one.dataset.line) <= line).at(-1);
    jump.value = above ? above.value : "";
  });

  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-question]")?.dataset.question;
    const place = asked && [...(find("jump")?.options || [])].find((one) => one.value === asked);
    if (place) goTo(Number(place.dataset.line));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    save();
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "upload") return;
    event.preventDefault();
    save();
  });

  addEventListener("beforeunload", (event) => { if (changed()) event.preventDefault(); });
  addEventListener("resize", arrange);

  paper.hidden = false;
  draw();
  if (state.dataset.unsaved) kept = null;
  suggest();
  check(false);
})();
