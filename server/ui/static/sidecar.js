// The sidecar: keeps its token fresh through the page around it, follows the case, and sends what is pressed.
// @ts-check
import { VERSION, fromHost } from "./sidecar-contract.js";
import { following } from "./sidecar-stream.js";
import { forget, keep, kept, note, orphan } from "./sidecar-words.js";

const body = document.body;
const ticket = body.dataset.ticket ?? "";
const origins = (body.dataset.origins ?? "").split(" ").filter(Boolean);
const panel = /** @type {HTMLElement} */ (document.getElementById("panel"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const opened = performance.now();

let token = new URLSearchParams(location.search).get("token") ?? "";
let lasts = Number(body.dataset.lasts) || 0;
// The address must not keep it: histories and screenshots outlive ten minutes.
history.replaceState(null, "", `${location.pathname}?ticket=${encodeURIComponent(ticket)}`);

/** Where messages go: the page that shows us, when it is one that may. */
const host = (() => {
  const around = location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : "");
  return origins.includes(around) ? around : "";
})();

/** @param {string} type @param {Record<string, unknown>} [more] */
const tell = (type, more = {}) => {
  if (host && window.parent !== window) window.parent.postMessage({ v: VERSION, type, ticket, ...more }, host);
};

/** What is said stands where the buttons are: in a long frame its top may be out of sight. */
const placeSaid = () => { (panel.querySelector("footer.actions") ?? panel).before(said); };

/** @param {string} text @param {"" | "good" | "waits"} [tone] green for what was done, amber for what needs a look */
const say = (text, tone = "") => {
  if (!said.isConnected) placeSaid();
  said.hidden = !text;
  said.textContent = text;
  said.className = `said ${tone}`;
};

/** @type {((fresh: string) => void)[]} */
let waiting = [];
/** A new token from the page around us; the old one when none comes. @returns {Promise<string>} */
const freshToken = () => new Promise((resolve) => {
  waiting.push(resolve);
  if (waiting.length === 1) tell("countersign:token-please");
  setTimeout(() => resolve(token), 5000);
});

/** @type {number | undefined} */
let refresh;
const plan = () => {
  clearTimeout(refresh);
  // Before it ends, with room for a slow page.
  if (lasts > 0) refresh = setTimeout(() => { void freshToken(); }, Math.max(lasts * 0.75, 5) * 1000);
};

/** @param {string} path @param {RequestInit} [init] @returns {Promise<Response>} */
const ask = async (path, init = {}) => {
  const send = () => fetch(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` }, credentials: "omit" });
  const used = token;
  const answer = await send();
  if (answer.status !== 401) return answer;
  // Another request may have brought a new one meanwhile; one signed in the same second would look like no renewal.
  if (token === used) await freshToken();
  return token === used ? answer : send();
};

/** @param {string} path @param {Record<string, unknown>} content */
const post = async (path, content) => {
  const answer = await ask(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
  }).catch(() => null);
  if (!answer) return { said: "No connection. Press again once there is one; whatever arrived counts once.", refused: true };
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  const why = answer.status === 401 ? "This view has ended. Open the ticket again." : found.detail || found.title || "That did not work.";
  return { said: why, refused: true };
};

const seconds = () => Math.round((performance.now() - opened) / 100) / 10;
const article = () => panel.querySelector("article");
const draftText = () => panel.querySelector("template#plain")?.innerHTML ? (/** @type {HTMLTemplateElement} */ (panel.querySelector("template#plain")).content.textContent ?? "") : "";
const editor = () => /** @type {HTMLTextAreaElement | null} */ (panel.querySelector("#edited"));
const editing = () => Boolean(editor() && !editor()?.closest("label")?.hidden);

let shown = "";
let content = panel.innerHTML.trim();
let lost = false;
let pressedAt = -Infinity;
/** What is said next answers what was pressed: news that come in meanwhile do not take it away. */
let answering = 0;
/** A press that ends outside the frame is never told of: it is over by itself. */
const pressing = () => performance.now() - pressedAt < 3000;
const look = async () => {
  const answer = await ask("/sidecar/panel", shown ? { headers: { "If-None-Match": shown } } : {}).catch(() => null);
  if (!answer) {
    if (!lost) say("No connection. What stands here may have changed.", "waits");
    lost = true;
    return;
  }
  if (lost) say("");
  lost = false;
  if (answer.status === 304) return;
  if (answer.status === 401) { say(`This view has ended. Open the ticket again in your helpdesk.${unsent() ? " Your words are kept." : ""}`, "waits"); return; }
  if (!answer.ok) return;
  const page = await answer.text();
  // The page is rendered by the server with everything escaped; scripts of a parsed document do not run.
  const fresh = new DOMParser().parseFromString(page, "text/html");
  // Nothing moves under somebody who writes or presses, who may have begun while the answer came in: what replaces a
  // button between its press and its release swallows the click.
  if (editing()) { if (content !== fresh.body.innerHTML.trim()) offer(fresh); return; }
  if (pressing()) { lookSoon(); return; }
  shown = answer.headers.get("ETag") ?? "";
  if (content === (content = fresh.body.innerHTML.trim())) { follow(article()?.dataset.case ?? ""); return; }
  replace(fresh);
};

/** What a fold is called, whatever it counts. @param {Element} each */
const called = (each) => `${each.className} ${each.querySelector("summary")?.textContent?.replace(/\d+/g, "") ?? ""}`;

/** @param {Document} fresh */
const replace = (fresh) => {
  const open = [...panel.querySelectorAll("details[open]")].map(called);
  const before = draftShown();
  const held = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.does : "";
  panel.replaceChildren(...fresh.body.childNodes);
  placeSaid();
  const after = draftShown();
  // A click on its way was meant for what stood there before.
  panel.classList.toggle("settling", before.digest !== after.digest);
  setTimeout(() => panel.classList.remove("settling"), 700);
  // What was said was said of another draft.
  if (!answering && (before.digest !== after.digest || before.text !== after.text)) {
    const asked = before.digest && after.digest;
    say(asked ? "What would be sent has changed. Read it again." : "", asked ? "waits" : "");
  }
  for (const each of panel.querySelectorAll("details")) each.open = open.includes(called(each));
  if (held) /** @type {HTMLElement | null} */ (panel.querySelector(`button[data-does="${held}"]`))?.focus({ preventScroll: true });
  bringBack();
  follow(article()?.dataset.case ?? "");
};

const draftShown = () => ({ digest: article()?.dataset.digest ?? "", text: draftText() });

/** Say that there is news instead of showing it. @param {Document} fresh */
const offer = (fresh) => {
  const now = fresh.querySelector(".status")?.textContent ?? "";
  const says = now && now !== panel.querySelector(".status")?.textContent ? `This ticket has changed: ${now}.` : "This ticket has changed.";
  const old = panel.querySelector(".changed");
  if (old?.firstChild?.textContent === says) return;
  old?.remove();
  const line = note(says, { show: ["Show it; my words are kept", () => { show(false); void look(); }] });
  line.classList.add("changed");
  line.setAttribute("role", "status");
  panel.querySelector("footer.actions")?.prepend(line);
};

/** Whether somebody has written what is not sent. */
const unsent = () => { const area = editor(); return area ? area.value !== area.defaultValue : Boolean(kept(ticket)); };

const throwAway = () => {
  forget(ticket);
  const area = editor();
  if (area) area.value = area.defaultValue;
  mark();
  if (area && editing()) area.focus();
  else /** @type {HTMLElement | null} */ (panel.querySelector("[data-does=edit], [data-does=copy]"))?.focus({ preventScroll: true });
};

/** Say what is not sent. While it is not, the button that would send the draft without it is gone. */
const mark = () => {
  panel.querySelector(".kept:not(.changed)")?.remove();
  panel.querySelector(".orphan")?.remove();
  const area = editor();
  const words = kept(ticket);
  const is = unsent();
  for (const button of panel.querySelectorAll("[data-does=send], [data-does=ask]")) /** @type {HTMLElement} */ (button).hidden = is || editing();
  if (!is) return;
  const earlier = words && words.request !== (article()?.dataset.request ?? "");
  const says = `Your words${earlier ? ", written to an earlier draft," : ""} are not sent; they are kept in this tab.`;
  /** @type {Record<string, [string, () => void]>} */
  const does = { away: ["Throw them away", throwAway] };
  const line = note(says, area && !editing() ? { on: ["Go on writing", () => show(true)], ...does } : does);
  const place = panel.querySelector("footer.actions") ?? panel.querySelector("article") ?? panel;
  if (!area) place.before(orphan(words?.text ?? ""));
  place.prepend(line);
};

/** What was written before stands in the editor again. */
const bringBack = () => {
  const area = editor();
  const words = kept(ticket);
  if (area && words) area.value = words.text;
  if (words && words.text === (area?.defaultValue ?? draftText())) forget(ticket);
  mark();
};

/** @type {number | undefined} */
let soon;
const lookSoon = () => { clearTimeout(soon); soon = setTimeout(() => { void look(); }, 120); };

const STAGES = {
  received: "Reading", classified: "Looking things up", looked_up: "Finding what the policy says", found: "Writing",
  proposed: "Checking every fact",
};
/** @param {string} kind */
const stage = (kind) => {
  const place = panel.querySelector("#stage");
  const words = Object.hasOwn(STAGES, kind) ? STAGES[/** @type {keyof typeof STAGES} */ (kind)] : "";
  if (place && words) place.textContent = words;
};

const follow = following(ask, (kind) => { stage(kind); lookSoon(); }, () => lookSoon());

/** @param {Record<string, unknown>} answer */
const told = async (answer) => {
  say(String(answer.said ?? ""), answer.refused || answer.held_back ? "waits" : answer.sent ? "good" : "");
  if (answer.sent) tell("countersign:sent");
  shown = "";
  await look().finally(() => { answering -= 1; });
  // The button that was pressed may be gone: who works with keys goes on at what was said.
  if (document.activeElement === body) said.focus({ preventScroll: true });
};

/** Give the ticket back, or say that nothing is left to do. @param {string} does */
const move = async (does) => {
  answering += 1;
  for (const button of panel.querySelectorAll("button")) button.disabled = true;
  await told(await post("/sidecar/hold", { does, seen: Number(article()?.dataset.turn) }));
  for (const button of panel.querySelectorAll("button")) button.disabled = false;
};

/** @param {string} does @param {string} [text] */
const press = async (does, text = "") => {
  const at = article();
  if (!at) return;
  answering += 1;
  for (const button of panel.querySelectorAll("button")) button.disabled = true;
  const slow = setTimeout(() => say("Under way."), 400);
  const key = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2).padEnd(16, "0");
  const answer = await post("/sidecar/decision", {
    does, text, key, request_id: at.dataset.request, digest: at.dataset.digest, seconds_open: seconds(),
  });
  clearTimeout(slow);
  if (does === "edit" && !answer.refused) { forget(ticket); close(); }
  await told(answer);
  // Not before: what stood there was answered.
  for (const button of panel.querySelectorAll("button:not([data-waits])")) /** @type {HTMLButtonElement} */ (button).disabled = false;
};

/** The words of the editor are no longer ours alone. */
const close = () => {
  const area = editor();
  if (area) area.value = area.defaultValue;
  show(false);
};

/** @param {boolean} on @param {boolean} [here] whether somebody asked for it: a frame that opens takes no focus */
const show = (on, here = true) => {
  const area = editor();
  const label = area?.closest("label");
  if (!area || !label) return;
  label.hidden = !on;
  const draft = panel.querySelector("#draft");
  if (draft instanceof HTMLElement) draft.hidden = on;
  for (const button of panel.querySelectorAll("[data-does=save]")) /** @type {HTMLElement} */ (button).hidden = !on;
  panel.querySelector("[data-does=edit]")?.setAttribute("aria-expanded", String(on));
  if (!on) panel.querySelector(".changed")?.remove();
  mark();
  if (on && here) area.focus();
};

const words = () => (editing() ? editor()?.value ?? "" : draftText());

/** @param {string} text */
const copy = async (text) => {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = document.createElement("textarea");
    area.value = text;
    body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say("Copied.");
  await post("/sidecar/feedback", { via: "copied", text, seconds_open: seconds() });
};

/** @type {Record<string, () => Promise<void> | void>} */
const DOES = {
  copy: () => copy(words()),
  insert: async () => {
    tell("countersign:insert", { text: words() });
    say(host ? "Inserted." : "No helpdesk page is listening: copy it instead.", host ? "" : "waits");
    if (host) await post("/sidecar/feedback", { via: "inserted", text: words(), seconds_open: seconds() });
  },
  edit: () => {
    show(!editing());
    if (!editing()) lookSoon();  // what happened meanwhile was left out
  },
  save: () => press("edit", editor()?.value ?? ""),
  send: () => press("send"),
  ask: () => press("ask"),
  done: () => move("done"),
  release: () => move("release"),
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const cite = target?.closest("a.cite");
  if (cite) {
    const sources = panel.querySelector("#sources");
    if (sources instanceof HTMLDetailsElement) sources.open = true;
  }
  const button = target?.closest("button[data-does]");
  if (button instanceof HTMLButtonElement && !button.disabled) void DOES[button.dataset.does ?? ""]?.();
});

document.addEventListener("pointerdown", () => { pressedAt = performance.now(); });
for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, () => setTimeout(() => { pressedAt = -Infinity; }));

document.addEventListener("keydown", (event) => {
  if (event.target !== editor() || event.isComposing || event.repeat) return;
  if (event.key === "Escape") { void DOES.edit?.(); /** @type {HTMLElement | null} */ (panel.querySelector("[data-does=edit]"))?.focus(); }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void DOES.save?.();
});

document.addEventListener("input", (event) => {
  const area = editor();
  if (!area || event.target !== area) return;
  if (unsent()) keep(ticket, { request: article()?.dataset.request ?? "", text: area.value });
  else forget(ticket);
  mark();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.id !== "flag") return;
  event.preventDefault();
  const reason = String(new FormData(form).get("reason") ?? "");
  void post("/sidecar/flag", { reason }).then((answer) => { say(answer.said, answer.refused ? "waits" : ""); if (!answer.refused) form.reset(); });
});

/** @type {number | undefined} */
let typed;
window.addEventListener("message", (event) => {
  // Only the page that shows us, and only from where it may be.
  if (event.source !== window.parent || !host || event.origin !== host) return;
  const message = fromHost(event.data);
  if (!message) return;
  if (message.type === "countersign:token") {
    token = message.token;
    for (const resolve of waiting.splice(0)) resolve(token);
    plan();
    return;
  }
  clearTimeout(typed);
  const keep = () => { void post("/sidecar/feedback", { via: "inserted", text: message.text, seconds_open: seconds() }); };
  if (message.sent) { keep(); lookSoon(); } else typed = setTimeout(keep, 1500);
});

new ResizeObserver(() => tell("countersign:resize", { height: Math.ceil(document.documentElement.scrollHeight) })).observe(body);
setInterval(() => { if (document.hidden) return; if (!article() || article()?.dataset.state === "working") void look(); }, 4000);
placeSaid();
plan();
bringBack();
if (unsent() && kept(ticket)?.request === article()?.dataset.request) show(true, false);
follow(article()?.dataset.case ?? "");
tell("countersign:ready");
