// A picture of a testimony, large, over the page: made larger by + and -, by a press on it, or by the browser's own
// pinch; moved by scrolling or dragging; closed by Escape. Without this script its link leads to the picture.
"use strict";
(() => {
  const dialog = document.getElementById("zoom");
  if (!dialog || !dialog.showModal) return;
  const view = dialog.querySelector(".zoom-view"), note = document.getElementById("zoom-note");
  const presses = [...dialog.querySelectorAll("[data-step]")];
  const STEPS = [1, 1.5, 2, 3, 4, 6, 8], PRESSED = 3; // a press on the picture makes it so large
  let image, step, fit, opener, held;

  // What lies under `at` stays there while the picture grows; without it, what is in the middle.
  const size = (next, at) => {
    const box = view.getBoundingClientRect(), before = image.getBoundingClientRect();
    const x = at ? at.clientX : box.left + box.width / 2, y = at ? at.clientY : box.top + box.height / 2;
    if (!step) fit = before.width;
    const across = (x - before.left) / before.width, down = (y - before.top) / before.height;
    step = Math.min(Math.max(next, 0), STEPS.length - 1);
    view.classList.toggle("is-large", step > 0);
    image.style.width = step ? `${fit * STEPS[step]}px` : "";
    for (const one of presses) one.disabled = !STEPS[step + Number(one.dataset.step)];
    const after = image.getBoundingClientRect();
    view.scrollBy(after.left + across * after.width - x, after.top + down * after.height - y);
  };

  const open = (link) => {
    const shown = link.querySelector("img");
    opener = link;
    image = document.createElement("img");
    image.alt = shown.alt;
    image.draggable = false;
    image.addEventListener("error", () => location.assign(link.href)); // the page there says what is wrong
    image.src = link.href;
    note.textContent = shown.alt;
    view.replaceChildren(image);
    dialog.showModal();
    step = 0;
    size(0);
    view.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-zoom]");
    if (!link || event.defaultPrevented || event.button) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
  for (const one of presses) one.addEventListener("click", () => {
    size(step + Number(one.dataset.step));
    if (one.disabled) view.focus();
  });
  view.addEventListener("click", (event) => {
    if (held?.moved) return;
    if (event.target === image) size(step ? 0 : PRESSED, event);
    else dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = { "+": step + 1, "=": step + 1, "-": step - 1, 0: 0 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    size(next);
  });
  dialog.addEventListener("close", () => {
    view.replaceChildren(); // nothing of it stays behind the page
    view.classList.remove("is-large");
    opener.focus();
  });

  view.addEventListener("pointerdown", (event) => {
    held = event.pointerType === "mouse" && event.target === image ? { x: event.clientX, y: event.clientY } : null;
  });
  document.addEventListener("pointermove", (event) => {
    if (!held || !event.buttons || !dialog.open) return;
    const across = held.x - event.clientX, down = held.y - event.clientY;
    if (!held.moved && Math.hypot(across, down) < 4) return;
    held = { x: event.clientX, y: event.clientY, moved: true };
    view.classList.add("is-held");
    view.scrollBy(across, down);
  });
  document.addEventListener("pointerup", () => view.classList.remove("is-held"));
})();
