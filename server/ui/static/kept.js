// What somebody wrote stays in this tab until it is sent or thrown away: a key may leave the case, a session may end, and
// a colleague or the customer may be faster. Words belong to the request they were written for, and to no later draft.
import { announce } from "./announce.js";

const FIELDS = ".pane textarea, .pane input[name=amount]";
const CALLED = { reply: "Your reply", reason: "Your reason", amount: "Your amount" };
const all = (id) => `words:${id}:`;
const name = (id, area) => `${all(id)}${area.form.elements.request?.value ?? ""}:${area.name}`;
const fields = () => [...document.querySelectorAll(FIELDS)];
const keysOf = (id) => Object.keys(sessionStorage).filter((key) => key.startsWith(all(id)));

/** What was written about a case is over: it was sent, or saved. */
export function forget(id) {
  for (const key of keysOf(id)) sessionStorage.removeItem(key);
}

/** What the field says before anybody writes: the draft, also on a page that answers an edit. */
const before = (area) => (area.name === "reply" ? document.getElementById("plain")?.content.textContent : undefined) ?? area.defaultValue;

const button = (says, does) => {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "link", textContent: says });
  made.addEventListener("click", does);
  return made;
};

/** Say that it is not sent. While it is not, the button that would send the draft without it is gone. */
function mark(id, area) {
  const pane = area.closest("details");
  const unsaved = area.value !== before(area);
  pane.toggleAttribute("data-unsaved", unsaved);
  const said = pane.querySelector(".kept");
  if (!unsaved) said?.remove();
  if (!unsaved || said) return;
  const line = document.createElement("p");
  line.className = "hint kept";
  line.textContent = "Not sent yet; it is kept in this tab. ";
  line.append(button("Throw it away", () => {
    sessionStorage.removeItem(name(id, area));
    area.value = before(area);
    mark(id, area);
    area.focus();
  }));
  area.closest("label").after(line);
}

/** Words that were written for what this case asked before, or that have no field here any more: read, and not lost. */
function left(id) {
  document.getElementById("unsent")?.remove();
  const here = new Set(fields().map((area) => name(id, area)));
  const keys = keysOf(id).filter((key) => !here.has(key));
  const actions = document.querySelector(".actions");
  if (!keys.length || !actions) return;
  const block = document.createElement("section");
  Object.assign(block, { id: "unsent", className: "block unsent" });
  block.setAttribute("aria-label", "Not sent");
  for (const key of keys) {
    const [title, words, foot] = ["p", "p", "p"].map((tag) => document.createElement(tag));
    title.innerHTML = "<b>Not sent</b>";
    title.append(`. ${CALLED[key.split(":").pop()] ?? "Your words"}, from before this case changed; kept in this tab.`);
    Object.assign(words, { className: "words", textContent: sessionStorage.getItem(key), dir: "auto" });
    foot.append(
      button("Copy", async (event) => {
        const done = await navigator.clipboard.writeText(words.textContent).then(() => true, () => false);
        event.target.textContent = done ? "Copied" : "Select it and copy it: the browser does not let us";
        announce(event.target.textContent);
      }), " ",
      button("Throw it away", () => { sessionStorage.removeItem(key); left(id); }),
    );
    block.append(title, words, foot);
  }
  actions.before(block);
}

/** Bring back what was written before into the fields of a page, or of its parts that just came in. */
export function bringBack(id) {
  for (const area of fields()) {
    const kept = sessionStorage.getItem(name(id, area));
    const pane = area.closest("details");
    if (kept !== null && kept !== area.value && !pane.open) { area.value = kept; pane.open = true; }
    mark(id, area);
  }
  left(id);
}

/** Keep what is written into the panes of a case, and bring back what was written before. */
export function keepWords(id) {
  bringBack(id);
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.(FIELDS)) return;
    mark(id, area);
    if (area.value === before(area)) sessionStorage.removeItem(name(id, area));
    else try { sessionStorage.setItem(name(id, area), area.value); } catch { /* full: the page itself still has it */ }
  });
}
