// Single keys on the list, on what was found, and on a testimony. They can be turned off, and are quiet wherever
// somebody types; without this script everything they do is a link or a field in the page.
"use strict";
(() => {
  const KEPT = "testimony-keys", dialog = document.getElementById("keys"), open = document.getElementById("keys-open");
  if (!dialog || !open) return;
  const on = document.getElementById("keys-on");
  const remember = (value) => { try { localStorage.setItem(KEPT, value); } catch { /* kept for this page only */ } };
  const remembered = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
  on.checked = remembered() !== "off";
  on.addEventListener("change", () => remember(on.checked ? "on" : "off"));
  open.parentElement.hidden = false;
  open.addEventListener("click", () => dialog.showModal());

  const focus = (part) => {
    if (!part) return false;
    if (part.tabIndex < 0) part.tabIndex = -1;
    part.focus();
    part.scrollIntoView({ block: "nearest" });
    return true;
  };

  // In a list the focus goes from row to row; on a testimony, to its neighbour.
  const go = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length) {
      const here = rows.indexOf(document.activeElement);
      const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
      return focus(rows[next]);
    }
    const link = document.querySelector(`.trail a[rel="${step > 0 ? "next" : "prev"}"]`);
    if (link) link.click();
    return Boolean(link);
  };
  const search = () => {
    if (!focus(document.getElementById("q"))) location.assign(open.dataset.search);
    return true;
  };
  const part = (id) => () => focus(document.getElementById(id));
  const keys = {
    j: () => go(1), n: () => go(1), k: () => go(-1), p: () => go(-1),
    "/": search, c: part("coding"), r: part("words"),
    "?": () => { dialog.showModal(); return true; },
  };

  const typing = (place) => place instanceof Element &&
    (place.isContentEditable || place.closest("input, textarea, select, dialog, audio, video, [role=textbox]"));
  document.addEventListener("keydown", (event) => {
    if (!on.checked || dialog.open || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (Object.hasOwn(keys, event.key) && keys[event.key]()) event.preventDefault();
  });
  if (location.hash === "#q") focus(document.getElementById("q"));
})();
