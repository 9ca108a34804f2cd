// A case: keys for what can be done, sources, and parts that come in while it is being worked on.
import { announce } from "./announce.js";
import { stayHere } from "./here.js";
import { bringBack, keepWords } from "./kept.js";
import { keepTrue, readAgain } from "./live.js";
import { heard, state } from "./state.js";
import { typing } from "./typing.js";
import { moveThrough } from "./rows.js";
import { watchSources } from "./sources.js";

const desk = document.querySelector(".desk");
const stage = { classified: "Read", looked_up: "Looked up", proposed: "Drafted", checked: "Checked" };

watchSources(document);
moveThrough(document.querySelector(".side-list"), { open: true });
// The list alone: scrolling into view would move the page as well, and what it has just been told out of sight.
const line = document.querySelector(".side-list [aria-current]");
if (line) line.closest(".side-list").scrollTop = Math.max(0, line.offsetTop - line.closest(".side-list").clientHeight / 2);

/** What was pressed on the case before ran on into this one, or a key is held down: it was not meant for this card. */
const arrived = performance.now();
const running = (event) => event.repeat || (document.querySelector(".actions.arrived") && performance.now() - arrived < 700);

document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  if (event.key === "c" && !event.repeat) { copy(); return; }
  const target = document.querySelector(`.actions [data-key="${CSS.escape(event.key)}"]`);
  if (running(event)) { if (target && !event.repeat) say(`The page has just changed, so that did not count. Press ${event.key} again.`); return; }
  if (!target) { if (event.key === "g" || event.key === "s") sayWhyNot(event.key); return; }
  event.preventDefault();
  if (target.tagName === "DETAILS") {
    target.open = true;
    target.querySelector("textarea, input:not([type=hidden])")?.focus();
  } else if (target.dataset.key === "g" || target.dataset.key === "s") {
    // Money and letters leave by a second key: the first one only shows which button it is.
    const button = target.querySelector("button");
    if (getComputedStyle(target).visibility === "hidden") { say("What you wrote is not sent yet. Send it, or throw it away first."); return; }
    if (document.activeElement === button) target.requestSubmit();
    else { button.focus(); announce(`${button.textContent.trim()}. Press ${event.key} or Enter again.`); }
  } else if (target.tagName === "A") {
    target.click();
  } else {
    target.requestSubmit();
  }
});

// In what somebody writes: Ctrl or Command with Enter does what its button does, Escape closes it and keeps the words.
document.addEventListener("keydown", (event) => {
  const pane = document.querySelector("details.pane[open]");
  if (!pane || event.isComposing || document.querySelector("dialog[open], :popover-open")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && pane.contains(event.target)) {
    const button = pane.querySelector(".pane-buttons button");
    event.preventDefault();
    button.form.requestSubmit(button);
  } else if (event.key === "Escape") {
    pane.open = false;
    pane.querySelector("summary").focus();
  }
});

let saying = 0;
/** Say above the buttons, and to people who listen, why a key did nothing; no button moves for it. */
function say(text) {
  const actions = document.querySelector(".actions");
  if (!actions) return;
  actions.dataset.says = text;
  announce(text);
  clearTimeout(saying);
  saying = setTimeout(() => { delete actions.dataset.says; }, 4000);
}

/** A key that signs or sends nothing here leads to the one that does, or to the reason. */
function sayWhyNot(key) {
  const why = document.querySelector(".actions .against");
  const other = key === "g" ? "s" : "g";
  const form = document.querySelector(`.actions form[data-key="${other}"]`);
  if (why) {
    why.focus();
    announce(why.querySelector("p").textContent.trim());
  } else if (form && getComputedStyle(form).visibility !== "hidden") {
    form.querySelector("button").focus();
    say(other === "g" ? "This is signed, not only sent: press g." : "There is nothing to sign, only to send: press s.");
  } else say("Nothing waits for an answer of yours here.");
}

async function copy() {
  const text = document.getElementById("plain")?.content.textContent;
  if (!text) return;
  const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
  const button = document.querySelector("[data-copies]");
  button.textContent = done ? "Copied" : "Select it and copy it: the browser does not let us";
  announce(button.textContent);
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-copies]")) copy(); });

document.addEventListener("toggle", (event) => {
  const pane = event.target;
  if (!pane.matches?.("details.pane") || !pane.open) return;
  for (const other of document.querySelectorAll("details.pane[open]")) if (other !== pane) other.open = false;
}, true);

/** Whether somebody is writing here: then nothing is replaced under their hands. */
const writing = () => Boolean(document.querySelector("details.pane:is([open], [data-unsaved])")) || Boolean(desk.contains(document.activeElement) && document.activeElement.closest("textarea, input"));

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
  const answer = heard(await fetch(location.href.split("#")[0], { headers: { Accept: "text/html" }, cache: "no-store" }));
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.querySelector(".desk");
  if (!now || now.dataset.version === desk.dataset.version) return;
  // They may have begun to write while the page came in; and what somebody is about to sign is not swapped for
  // something else under the pointer. The old card signs nothing any more.
  const [asked, asks] = [digest(document), digest(fresh)];
  // Sign-off has no parts that come in: what somebody else answered there is said, and shown when they ask for it.
  const whole = !document.getElementById("case");
  if (writing() || (asked && asked !== asks && (asks || whole))) { offer(); return; }
  const done = [...document.querySelectorAll("#part-progress .done")].map((item) => item.dataset.stage);
  for (const part of fresh.querySelectorAll(".desk [data-part]")) {
    const old = document.getElementById(part.id);
    if (old && old.outerHTML !== part.outerHTML) old.replaceWith(document.adoptNode(part));
  }
  // A page that was read before a step was told does not take it back.
  done.forEach(reached);
  bringBack(desk.dataset.case);
  settle(asked !== asks);
  for (const element of document.querySelectorAll(".only-js")) element.hidden = false;
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

async function check() {
  try {
    const answer = heard(await fetch(`/cases/${encodeURIComponent(desk.dataset.case)}/state`, { cache: "no-store" }));
    if (answer.ok && (await answer.json()).version !== desk.dataset.version) await refresh();
  } catch { state("offline"); }
}

let polls = false;
async function poll() {
  if (!document.hidden) await check();
  setTimeout(poll, desk.dataset.working === "yes" ? 1000 : 6000);
}

const PATIENCE = 4000;
let stream = null;
function listen() {
  stream = new EventSource(`/api/v1/cases/${encodeURIComponent(desk.dataset.case)}/stream?after=${desk.dataset.seq}`);
  const told = (event) => { reached(event.type); soon(); };
  for (const kind of ["classified", "looked_up", "proposed", "checked", "executed", "waiting", "paused", "failed", "closed", "alert", "taken", "given_back", "finished", "sign_off_wanted"]) {
    stream.addEventListener(kind, told);
  }
  stream.onmessage = soon;
  let lost = 0;
  stream.onopen = () => { clearTimeout(lost); lost = 0; state(""); };
  stream.onerror = ({ target }) => {
    if (target.readyState === EventSource.CLOSED) {
      clearTimeout(lost);
      if (!polls) { polls = true; poll(); }
    }
    // A stream that is cut comes back by itself; one that does not is asked about.
    else lost ||= setTimeout(() => { lost = 0; if (target === stream && target.readyState !== EventSource.OPEN) check(); }, PATIENCE);
  };
}

/** A browser gives a site six connections: a case in a tab that nobody looks at leaves its own to the others. */
function attend() {
  if (document.hidden) { stream?.close(); stream = null; }
  else if (!stream && !polls) { listen(); check(); }
}

/** A page that answers a form stands at the form's address, where it could not be read again. */
function standAtOwnAddress() {
  const own = `/cases/${encodeURIComponent(desk.dataset.case)}`;
  if (!document.getElementById("case") || location.pathname === own) return;
  history.replaceState(history.state, "", own + (document.querySelector(".side-head a")?.getAttribute("href").slice(1) ?? ""));
}

// The list beside it: what others dealt with says so; of Sign-off what is new is offered as well.
keepTrue(() => document.getElementById("rows"), document.getElementById("news"), async () => {
  const parts = ["rows", "asked-count"];
  return (await readAgain(location.href, parts)) || readAgain("/approvals", parts);
});

if (desk) {
  standAtOwnAddress();
  keepWords(desk.dataset.case);
  stayHere(desk.dataset.case, writing);
  if (!document.hidden) listen();
  document.addEventListener("visibilitychange", attend);
  addEventListener("pagehide", () => { stream?.close(); stream = null; });
  addEventListener("pageshow", (event) => { if (event.persisted) attend(); });
}
