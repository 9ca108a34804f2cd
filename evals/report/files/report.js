"use strict";
(() => {
  const bar = document.getElementById("bar");
  const cards = [...document.querySelectorAll(".card")];
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const words = new Map();
  const chosen = () => [...bar.elements].filter((field) => field.name && field.value.trim());

  const fits = (card, field) => {
    const value = field.value.trim();
    if (field.name === "q") {
      if (!words.has(card)) words.set(card, card.textContent.toLowerCase());
      return value.toLowerCase().split(/\s+/).every((word) => words.get(card).includes(word));
    }
    return card.dataset[field.name].split(" ").includes(value);
  };

  const remember = (fields) => {
    const state = new URLSearchParams(fields.map((field) => [field.name, field.value.trim()])).toString();
    if (!state && !location.hash.includes("=")) return;
    history.replaceState(null, "", state ? "#" + state : "#results");
  };

  const show = () => {
    const fields = chosen();
    let shown = 0;
    for (const card of cards) {
      const visible = fields.every((field) => fits(card, field));
      card.hidden = !visible;
      shown += visible;
    }
    count.textContent = shown === cards.length ? `${shown} results` : `${shown} of ${cards.length}`;
    none.hidden = shown > 0 || cards.length === 0;
    remember(fields);
  };

  const set = (name, value) => {
    const field = bar.elements[name];
    if (!field) return;
    bar.reset();
    field.value = value;
    show();
    document.getElementById("results").scrollIntoView();
    field.focus({ preventScroll: true });
  };

  const move = (step) => {
    const visible = cards.filter((card) => !card.hidden);
    if (!visible.length) return;
    const at = visible.findIndex((card) => card.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, at + step));
    const summary = visible[next].querySelector("summary");
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "nearest" });
  };

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target && target.closest(".card")) target.scrollIntoView({ block: "center" });
  };

  const restore = () => {
    if (!location.hash.includes("=")) return reveal();
    for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
      if (bar.elements[name]) bar.elements[name].value = value;
    document.getElementById("results").scrollIntoView();
  };

  bar.hidden = cards.length === 0;
  bar.addEventListener("input", show);
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("reset", () => setTimeout(show));
  addEventListener("hashchange", () => { restore(); show(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-outcome], [data-set-scorer]");
    if (!button) return;
    const { setOutcome, setScorer } = button.dataset;
    set(setOutcome ? "outcome" : "scorer", setOutcome || setScorer);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape") { bar.reset(); document.activeElement.blur(); return; }
    if (typing) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") { event.preventDefault(); bar.elements.q.focus(); }
  });
  restore();
  show();
})();
