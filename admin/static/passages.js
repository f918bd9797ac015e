// Choosing a passage: what is selected in an answer's words goes into the forms that ask for a passage of it.
// With the mouse or by touch as everywhere; by keyboard: arrows go from word to word, with Shift they take in more.
// Without this script the words are typed or pasted into the same forms.
"use strict";
(() => {
  const forms = () => [...document.querySelectorAll("form[data-asks]")];
  const points = (text) => [...text].length; // code points, not halves of them
  const kept = (node) => !node.parentElement.closest("[data-aside]");

  const texts = (place) => {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (kept(walker.currentNode)) found.push(walker.currentNode);
    return found;
  };

  // The words of a place that lie in the range, and how many code points come before them.
  const taken = (place, range) => {
    let before = 0, words = "", begun = false;
    for (const node of texts(place)) {
      if (!range.intersectsNode(node)) {
        if (!begun) before += points(node.data);
        continue;
      }
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : node.data.length;
      if (!begun && from < to) { before += points(node.data.slice(0, from)); begun = true; }
      else if (!begun) before += points(node.data);
      words += node.data.slice(from, to);
    }
    return { before, words };
  };

  const trimmed = ({ before, words }) => {
    const ahead = words.length - words.trimStart().length;
    return { start: before + points(words.slice(0, ahead)), words: words.trim() };
  };

  const fill = (answer, { start, words }) => {
    for (const form of forms()) {
      if (form.dataset.asks && form.dataset.asks !== answer) continue;
      form.elements.answer.value = answer;
      form.elements.start.value = start;
      form.elements.end.value = start + points(words);
      form.elements.passage.value = words;
      form.dispatchEvent(new CustomEvent("passage", { bubbles: true, detail: { answer, start, words } }));
    }
  };

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return; // the fields keep what was chosen last
    const range = selection.getRangeAt(0);
    const near = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
    const place = near.closest("[data-passage]") ?? [...document.querySelectorAll("[data-passage]")].find((one) => range.intersectsNode(one));
    if (!place) return;
    const found = trimmed(taken(place, range));
    if (found.words) fill(place.dataset.passage, found);
  });

  const follow = (event) => {
    const place = event.currentTarget, selection = getSelection();
    const way = { ArrowRight: "right", ArrowLeft: "left", ArrowDown: "forward", ArrowUp: "backward" }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    const first = texts(place)[0];
    if (!first) return;
    event.preventDefault();
    if (!place.contains(selection.focusNode)) selection.collapse(first, 0);
    const unit = event.key === "ArrowDown" || event.key === "ArrowUp" ? "line" : "word";
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    if (!event.shiftKey) {
      if (!selection.isCollapsed) selection.collapse(focusNode, focusOffset);
      if (way === "left" || way === "backward") selection.modify("move", way, unit);
    }
    selection.modify("extend", event.shiftKey || unit === "line" ? way : "forward", unit);
    if (!place.contains(selection.focusNode)) selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
  };

  const reachable = () => {
    const asked = new Set(forms().map((form) => form.dataset.asks));
    for (const place of document.querySelectorAll("[data-passage]")) {
      if (!asked.has("") && !asked.has(place.dataset.passage)) continue;
      place.tabIndex = 0;
      place.addEventListener("keydown", follow);
    }
  };
  reachable();

  // Who types other words than those that were selected means these: the server looks for them.
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-asks]");
    if (!form || event.target !== form.elements.passage) return;
    form.elements.start.value = form.elements.end.value = "";
    if (!form.dataset.asks) form.elements.answer.value = "";
  });
})();
