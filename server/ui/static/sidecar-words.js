// What somebody wrote about a ticket stays in this tab until it is sent or thrown away.
// @ts-check

/** A frame of another site may have no storage: then the page itself is all that remembers. @type {Map<string, string>} */
const memory = new Map();

/** @param {string} ticket */
const name = (ticket) => `sidecar:${ticket}`;

/** @typedef {{request: string, text: string}} Words What was written, and to which draft. */

/** @param {string} ticket @param {Words} words */
export const keep = (ticket, words) => {
  const said = JSON.stringify(words);
  memory.set(name(ticket), said);
  try { sessionStorage.setItem(name(ticket), said); } catch { /* none, or full */ }
};

/** @param {string} ticket */
export const forget = (ticket) => {
  memory.delete(name(ticket));
  try { sessionStorage.removeItem(name(ticket)); } catch { /* none */ }
};

/** @param {string} ticket @returns {Words | null} */
export const kept = (ticket) => {
  let said = memory.get(name(ticket)) ?? null;
  try { said ??= sessionStorage.getItem(name(ticket)); } catch { /* none */ }
  try {
    const found = JSON.parse(said ?? "null");
    return found && typeof found.text === "string" ? { request: String(found.request ?? ""), text: found.text } : null;
  } catch { return null; }
};

/**
 * The line that says what is not sent, with what can be done about it.
 * @param {string} says @param {Record<string, [string, () => void]>} does names of the buttons, and what they do
 */
export const note = (says, does) => {
  const line = document.createElement("p");
  line.className = "kept";
  line.append(says);
  for (const [key, [text, act]] of Object.entries(does)) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text });
    made.dataset.kept = key;
    made.addEventListener("click", act);
    line.append(" ", made);
  }
  return line;
};

/** Words for which no draft is left to put them into: they can be read and copied. @param {string} text */
export const orphan = (text) => {
  const label = Object.assign(document.createElement("label"), { className: "editor orphan", textContent: "What you wrote" });
  label.append(Object.assign(document.createElement("textarea"), { readOnly: true, rows: 6, value: text }));
  return label;
};
