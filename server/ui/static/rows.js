// Moving through a list with j, k and Enter: the focus moves, nothing else.
import { typing } from "./typing.js";

export function moveThrough(list, { open = false } = {}) {
  const links = () => [...list.querySelectorAll("[data-row]")];
  document.addEventListener("keydown", (event) => {
    if (typing(event) || (event.key !== "j" && event.key !== "k")) return;
    const rows = links();
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const from = here >= 0 ? here : rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const to = event.key === "j" ? Math.min(from + 1, rows.length - 1) : Math.max(from - 1, 0);
    event.preventDefault();
    if (open) { if (to !== from) location.assign(rows[to].href); return; }
    rows[to].focus();
    rows[to].scrollIntoView({ block: "nearest" });
  });
}
