// What every page has: the theme, menus that close, the help, and the keys that mean the same everywhere.
import { announce } from "./announce.js";
import { forget } from "./kept.js";
import { lost, state } from "./state.js";
import { typing } from "./typing.js";

const root = document.documentElement;

for (const button of document.querySelectorAll("[data-theme-choice]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const theme = button.dataset.themeChoice;
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    for (const other of document.querySelectorAll("[data-theme-choice]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    announce(button.textContent.trim());
  });
}

// What was done is said once: not again when the page is read again, or comes back out of the history.
const told = document.querySelector(".notice.told");
if (told) announce(told.textContent.trim());
const address = new URL(location.href);
const over = ["signed", "sent", "rejected", "modified", "found", "working", "held", "superseded", "failed"];
if (address.searchParams.has("told")) {
  const about = address.searchParams.get("of") ?? decodeURIComponent(/^\/cases\/([^/]+)$/.exec(address.pathname)?.[1] ?? "");
  if (about && over.includes(address.searchParams.get("told"))) forget(about);
  for (const name of ["told", "of"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

for (const element of document.querySelectorAll(".only-js")) element.hidden = false;
for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens)?.showModal());
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    return;
  }
  if (typing(event)) return;
  if (event.key === "/") { event.preventDefault(); document.querySelector("[role=search] input")?.focus(); }
  if (event.key === "?") document.getElementById("help")?.showModal();
  if (event.key === "u" && document.body.dataset.section !== "inbox-list") {
    // The list that the case was opened from, with its view and filters.
    location.assign(document.querySelector(".side-head a")?.getAttribute("href") ?? "/");
  }
});

addEventListener("offline", () => state("offline"));
addEventListener("online", () => state(""));

// The same form is sent once, however often somebody clicks; the server counts its key once as well.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.closest("dialog[open] form[method=dialog]")) return;
  // Sent into nothing, it would leave this page for the browser's own, and take what was written along.
  if (!navigator.onLine || lost()) { event.preventDefault(); state("offline"); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.getAttribute("action") === "/logout") sessionStorage.clear();
  form.dataset.sent = "yes";
  requestAnimationFrame(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});
