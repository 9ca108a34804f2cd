// What somebody wrote stays in this tab until it is sent or thrown away: a key may leave the case, and a session may end.
const FIELDS = ".pane textarea";
const name = (id, area) => `words:${id}:${area.name}`;

/** What was written about a case is over: it was sent, or saved. */
export function forget(id) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`words:${id}:`)) sessionStorage.removeItem(key);
}

/** What the field says before anybody writes: the draft, also on a page that answers an edit. */
const before = (area) => (area.name === "reply" ? document.getElementById("plain")?.content.textContent : undefined) ?? area.defaultValue;

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
  const away = document.createElement("button");
  Object.assign(away, { type: "button", className: "link", textContent: "Throw it away" });
  away.addEventListener("click", () => { forget(id); area.value = before(area); mark(id, area); area.focus(); });
  line.append(away);
  area.closest("label").after(line);
}

/** Keep what is written into the panes of a case, and bring back what was written before. */
export function keepWords(id) {
  for (const area of document.querySelectorAll(FIELDS)) {
    const kept = sessionStorage.getItem(name(id, area));
    const pane = area.closest("details");
    if (kept !== null && kept !== area.value && !pane.open) { area.value = kept; pane.open = true; }
    mark(id, area);
  }
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.(FIELDS)) return;
    mark(id, area);
    if (area.value === before(area)) sessionStorage.removeItem(name(id, area));
    else try { sessionStorage.setItem(name(id, area), area.value); } catch { /* full: the page itself still has it */ }
  });
}
