// A case: keys for what can be done, sources, and parts that come in while it is being worked on.
import { announce } from "./announce.js";
import { typing } from "./typing.js";
import { moveThrough } from "./rows.js";
import { watchSources } from "./sources.js";

const desk = document.querySelector(".desk");
const stage = { classified: "Read", looked_up: "Looked up", proposed: "Drafted", checked: "Checked" };

watchSources(document);
moveThrough(document.querySelector(".side-list"), { open: true });
document.querySelector(".side-list [aria-current]")?.scrollIntoView({ block: "nearest" });

document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  const target = document.querySelector(`.actions [data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === "DETAILS") {
    target.open = true;
    target.querySelector("textarea, input:not([type=hidden])")?.focus();
  } else if (target.dataset.key === "g" || target.dataset.key === "s") {
    // Money and letters leave by a second key: the first one only shows which button it is.
    const button = target.querySelector("button");
    if (document.activeElement === button) target.requestSubmit();
    else { button.focus(); announce(`${button.textContent.trim()}. Press ${event.key} or Enter again.`); }
  } else {
    target.requestSubmit();
  }
});

document.addEventListener("toggle", (event) => {
  const pane = event.target;
  if (!pane.matches?.("details.pane") || !pane.open) return;
  for (const other of document.querySelectorAll("details.pane[open]")) if (other !== pane) other.open = false;
}, true);

/** Whether somebody is writing here: then nothing is replaced under their hands. */
const writing = () => Boolean(document.querySelector("details.pane[open]")) || Boolean(desk.contains(document.activeElement) && document.activeElement.closest("textarea, input"));

let stale = false;
/** Offer what is new instead of showing it. */
function offer() {
  if (stale) return;
  stale = true;
  const note = document.createElement("button");
  note.className = "news";
  note.type = "button";
  note.textContent = "This case has changed. Show it as it is now";
  note.addEventListener("click", () => location.reload());
  document.querySelector(".actions")?.prepend(note);
  announce(note.textContent);
}

const digest = (page) => page.querySelector(".actions input[name=digest]")?.value ?? "";

/** Buttons that have just come in wait a moment: a click on its way was meant for what stood there before. */
function settle(changed) {
  const actions = document.querySelector(".actions");
  if (!changed || !actions) return;
  actions.classList.add("settling");
  setTimeout(() => actions.classList.remove("settling"), 700);
}

async function refresh() {
  if (writing()) { offer(); return; }
  const answer = await fetch(location.href.split("#")[0], { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.querySelector(".desk");
  if (!now || now.dataset.version === desk.dataset.version) return;
  // They may have begun to write while the page came in; and what somebody is about to sign is not swapped for
  // something else under the pointer. The old card signs nothing any more.
  const [asked, asks] = [digest(document), digest(fresh)];
  if (writing() || (asked && asks && asked !== asks)) { offer(); return; }
  for (const part of fresh.querySelectorAll(".desk [data-part]")) {
    const old = document.getElementById(part.id);
    if (old && old.outerHTML !== part.outerHTML) old.replaceWith(document.adoptNode(part));
  }
  settle(asked !== asks);
  if (!fresh.getElementById("part-progress")) document.getElementById("part-progress")?.remove();
  Object.assign(desk.dataset, now.dataset);
  announce(document.querySelector(".case-head .status")?.textContent.trim() ?? "");
}

function reached(kind) {
  const item = document.querySelector(`[data-stage="${CSS.escape(kind)}"]`);
  if (!item || item.classList.contains("done")) return;
  item.className = "done";
  const next = item.nextElementSibling;
  if (next && !next.classList.contains("done")) next.className = "now";
  announce(`${stage[kind] ?? kind}, done`);
}

let waiting = 0;
const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => refresh().catch(() => {}), 120); };

function poll() {
  setTimeout(async () => {
    try {
      if (!document.hidden) {
        const answer = await fetch(`/cases/${encodeURIComponent(desk.dataset.case)}/state`, { cache: "no-store" });
        if (answer.ok && (await answer.json()).version !== desk.dataset.version) await refresh();
      }
    } catch { /* offline: the next look tells */ }
    poll();
  }, desk.dataset.working === "yes" ? 1000 : 6000);
}

function listen() {
  const stream = new EventSource(`/api/v1/cases/${encodeURIComponent(desk.dataset.case)}/stream?after=${desk.dataset.seq}`);
  const heard = (event) => { reached(event.type); soon(); };
  for (const kind of ["classified", "looked_up", "proposed", "checked", "executed", "waiting", "paused", "failed", "closed", "alert", "taken", "given_back", "sign_off_wanted"]) {
    stream.addEventListener(kind, heard);
  }
  stream.onmessage = soon;
  stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) poll(); };
}

if (desk) listen();
