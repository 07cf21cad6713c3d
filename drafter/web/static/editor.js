// The draft's text areas: underlines that follow the typing, characters left, and explanations at the underlined words.
"use strict";
(() => {
  const editorOf = (node) => node.closest?.(".editor");

  function recount(editor) {
    const count = document.getElementById(`count-${editor.dataset.part}`);
    const left = Number(count.dataset.limit) - [...editor.querySelector("textarea").value].length;
    count.firstElementChild.textContent = left;
    count.classList.toggle("over", left < 0);
  }

  // Keeps the marks before and after the place that changed; those that the change touches go until the next inspection.
  function follow(editor) {
    const layer = editor.querySelector(".marked");
    const before = layer.textContent;
    const after = editor.querySelector("textarea").value;
    if (before === after) return;
    const most = Math.min(before.length, after.length);
    let head = 0;
    while (head < most && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    const kept = [];
    let at = 0;
    for (const node of layer.childNodes) {
      const end = at + node.textContent.length;
      if (node.nodeName === "MARK") {
        if (end <= head) kept.push([node, at, end]);
        else if (at >= before.length - tail) kept.push([node, at + after.length - before.length, end + after.length - before.length]);
      }
      at = end;
    }
    layer.replaceChildren(...rebuilt(after, kept));
  }

  function rebuilt(text, marks) {
    const nodes = [];
    let at = 0;
    for (const [mark, start, end] of marks) {
      nodes.push(document.createTextNode(text.slice(at, start)), mark);
      at = end;
    }
    nodes.push(document.createTextNode(text.slice(at)));
    return nodes;
  }

  function light(editor, places) {
    const part = editor.dataset.part;
    const has = (mark) => mark.dataset.findings.split(" ").some((place) => places.includes(place));
    for (const mark of editor.querySelectorAll("mark")) mark.classList.toggle("lit", has(mark));
    for (const line of document.querySelectorAll(`.finding[data-part="${part}"]`)) line.classList.toggle("lit", places.includes(line.dataset.finding));
  }

  function markAt(editor, x, y) {
    for (const mark of editor.querySelectorAll("mark")) {
      for (const box of mark.getClientRects()) if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return mark;
    }
    return null;
  }

  function explain(mark, x, y) {
    let tip = document.getElementById("tip");
    if (!mark) { tip?.remove(); return; }
    if (!tip) {
      tip = Object.assign(document.createElement("div"), { id: "tip" });
      tip.setAttribute("role", "tooltip");
      document.body.append(tip);
    }
    tip.textContent = mark.title;
    tip.style.left = `${Math.max(8, Math.min(x + 10, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(8, y + 18 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 10 : y + 18)}px`;
  }

  document.addEventListener("input", (event) => {
    const editor = editorOf(event.target);
    if (editor) { follow(editor); recount(editor); explain(null); }
  });
  document.addEventListener("mousemove", (event) => {
    const editor = editorOf(event.target);
    const mark = editor && markAt(editor, event.clientX, event.clientY);
    explain(mark, event.clientX, event.clientY);
    if (editor) light(editor, mark ? mark.dataset.findings.split(" ") : []);
  });
  document.addEventListener("selectionchange", () => {
    const area = document.activeElement;
    const editor = area && editorOf(area);
    if (!editor) return;
    let at = 0;
    for (const node of editor.querySelector(".marked").childNodes) {
      const end = at + node.textContent.length;
      if (node.nodeName === "MARK" && area.selectionStart >= at && area.selectionStart <= end) { light(editor, node.dataset.findings.split(" ")); return; }
      at = end;
    }
    light(editor, []);
  });
  for (const name of ["mouseover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const line = event.target.closest?.(".finding");
      const editor = line && document.querySelector(`.editor[data-part="${line.dataset.part}"]`);
      if (editor) light(editor, [line.dataset.finding]);
    });
  }
  document.addEventListener("htmx:oobAfterSwap", () => document.querySelectorAll(".editor").forEach(follow));
})();
