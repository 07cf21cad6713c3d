"use strict";
(() => {
  const form = document.querySelector("#filters");
  const cases = [...document.querySelectorAll(".case")];
  const count = document.querySelector("#count");
  if (!form) return;
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const fits = (item, wanted) =>
    (!wanted.tag || item.dataset.tags.split(" ").includes(wanted.tag)) &&
    (!wanted.score || item.dataset.lost.split(" ").includes(wanted.score)) &&
    (!wanted.changed || item.dataset.moved === wanted.changed) &&
    (!wanted.text || textOf(item).includes(wanted.text.toLowerCase()));
  const apply = () => {
    const wanted = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const item of cases) {
      item.hidden = !fits(item, wanted);
      shown += item.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${cases.length} cases`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
