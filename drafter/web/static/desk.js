// Keys, toasts, copying, claims: what the desk does beyond plain links and forms.
"use strict";
(() => {
  const find = (selector) => document.querySelector(selector);
  const csrf = () => find("input[name=csrf]")?.value ?? "";
  const say = (text) => { find("#announce").textContent = text; };
  const send = (path, fields) => fetch(path, {
    method: "POST", body: new URLSearchParams({ csrf: csrf(), ...fields }), keepalive: true,
    headers: { "X-CSRF-Token": csrf() }, credentials: "same-origin",
  });

  function move(step) {
    const rows = [...document.querySelectorAll(".row a")];
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
    if (next && next !== rows[here]) { next.scrollIntoView({ block: "nearest" }); next.click(); }
  }
  function openChoice(key) {
    const choice = find(`.choice[data-key="${key}"]`);
    if (!choice) return;
    choice.open = true;
    choice.querySelector("textarea").focus();
  }
  function edit() {
    const area = find(".editor textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }
  const undo = () => ([...document.querySelectorAll("#toasts [data-undo]")].pop() ?? find("[data-undo]"))?.click();
  const keys = {
    j: () => move(1), k: () => move(-1), a: () => find("#approve")?.click(), s: () => find("#save")?.click(), e: edit, u: undo,
    r: () => openChoice("r"), g: () => openChoice("g"), n: () => openChoice("n"), x: () => openChoice("x"), "?": () => find("#help")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches("input, textarea, select");
    if (event.key === "Escape") {
      document.querySelectorAll(".choice[open]").forEach((choice) => { choice.open = false; });
      if (writing) event.target.blur();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".editor")) {
      find("#approve")?.click();
    } else if (!writing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && keys[event.key] && find("#frame") && !find("dialog[open]")) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  function tell(words) {
    const toast = Object.assign(document.createElement("div"), { className: "toast" });
    toast.dataset.toast = "";
    toast.dataset.leaves = 12;
    toast.append(Object.assign(document.createElement("p"), { textContent: words, title: words }));
    find("#toasts").append(toast);
    return toast;
  }
  // Where the browser does not let us copy, the text is shown and selected; it stays until the person closes it.
  function showToCopy(place) {
    let shown = place;
    if (place.matches(".unseen")) {
      const id = `by-hand-${place.id}`;
      document.getElementById(id)?.remove();
      const toast = tell(place.textContent);
      const close = Object.assign(document.createElement("button"), { type: "button", className: "plain close", textContent: "×", ariaLabel: "Close" });
      close.dataset.close = "";
      toast.append(close);
      toast.id = id;
      delete toast.dataset.leaves;
      shown = toast.querySelector("p");
    }
    getSelection().selectAllChildren(shown);
    say("The browser did not let us copy. The text is selected: copy it by hand.");
  }
  // A reply is taken over on the server first: from then on no tool gets it, so it cannot be posted twice.
  async function copy(button) {
    if (button.dataset.copied) {
      const answer = await send(button.dataset.copied, {});
      if (!answer.ok) { tell(answer.status === 409 ? await answer.text() : "It could not be taken over. Reload the page."); return; }
    }
    const place = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(place.textContent);
    } catch {
      showToCopy(place);
      button.textContent = "Copy by hand";
      return;
    }
    button.textContent = "Copied";
    say("Copied.");
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, summary");
    if (!button) {
      if (!event.target.closest(".choice")) document.querySelectorAll(".choice[open]").forEach((choice) => { choice.open = false; });
    } else if (button.dataset.copy) copy(button);
    else if ("close" in button.dataset) button.closest("[data-toast]").remove();
    else if ("help" in button.dataset) find("#help").showModal();
    else if (button.dataset.fills) {
      const area = document.getElementById(button.dataset.fills);
      area.value = button.textContent;
      area.focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".choice")) event.target.querySelector("textarea")?.focus();
  }, true);

  setInterval(() => {
    for (const clock of document.querySelectorAll("[data-countdown]")) {
      const left = Number(clock.dataset.countdown) - 1;
      clock.dataset.countdown = left;
      clock.textContent = Math.max(0, left);
      if (left <= 0) clock.closest("form").remove();
    }
    for (const toast of document.querySelectorAll("[data-leaves]")) {
      if (toast.matches(":hover, :focus-within")) continue;
      toast.dataset.leaves -= 1;
      if (toast.dataset.leaves <= 0) toast.remove();
    }
  }, 1000);

  // A claim made by looking is given back when one looks away.
  let claimed = null;
  let edited = false;
  function giveBack() {
    if (claimed && !edited) send(`/items/${claimed.claimed}/decisions`, { kind: "release", version: claimed.version });
    claimed = null;
  }
  // What the checks say of a text that is gone must not reach the next item, whose places have the same names.
  function ignoreIfGone(event) {
    if (!event.target.isConnected) event.preventDefault();
  }
  function settle() {
    find(".editors")?.addEventListener("htmx:beforeOnLoad", ignoreIfGone);
    edited = false;
    claimed = null;
    const open = find("#draft-form") && find("#item").dataset.item;
    if (open) document.getElementById(`toast-${open}`)?.remove(); // it was taken back
    const toasts = [...document.querySelectorAll("#toasts > [data-toast]")];
    const seen = new Set();
    for (const toast of toasts.reverse()) {
      if (seen.has(toast.id) || seen.size >= 3) toast.remove();
      seen.add(toast.id);
    }
    document.body.classList.toggle("chosen", Boolean(find(".desk.chosen")));
    find("[data-notice]")?.focus();
    say(find("#sheet h1")?.textContent ?? "");
    find(".row.here")?.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("input", (event) => { if (event.target.closest(".editor")) edited = true; });
  document.addEventListener("submit", () => { claimed = null; }, true);
  addEventListener("pagehide", giveBack);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if ("poll" in source.dataset && (document.hidden || (edited && source.closest(".draft")))) event.preventDefault();
    else if (source.matches("a") && !event.defaultPrevented) giveBack();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "desk" || event.detail.elt?.id === "desk") settle();
    const badge = find("#claim [data-claimed]");
    if (badge) claimed = { ...badge.dataset };
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!("poll" in event.detail.elt.dataset)) tell("The server cannot be reached. Nothing was changed.");
  });
  document.addEventListener("DOMContentLoaded", settle);

  const posts = find("form[data-posts-itself]");
  if (posts) {
    const submit = () => posts.requestSubmit();
    if (document.prerendering) document.addEventListener("prerenderingchange", submit, { once: true });
    else submit();
  }
})();
