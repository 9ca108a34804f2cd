// The inbox: keys, filters that apply at once, and a list that stays true without moving.
import { keepTrue, readAgain } from "./live.js";
import { moveThrough } from "./rows.js";

const rows = () => document.getElementById("rows");
/** The view, its order and its filters, as an address carries them. */
const list = () => new URLSearchParams(rows()?.dataset.query);

document.body.dataset.section = "inbox-list";
if (rows()) moveThrough(document);

for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Back from a case: at its line, and not at the top.
const from = document.referrer.startsWith(location.origin) ? /\/cases\/([^/?#]+)/.exec(document.referrer)?.[1] : "";
if (from) document.querySelector(`[data-row="${CSS.escape(decodeURIComponent(from))}"]`)?.focus();

/**
 * Bring the new ones in: the page is read again and the parts that changed take their place. Where the newest come
 * first one goes on with them; where the longest wait comes first they are at the end, and one stays where one is.
 */
async function bringIn() {
  const here = list().get("order") === "waiting" ? document.activeElement?.dataset.row : "";
  if (!(await readAgain(location.href, ["rows", "inbox-count", "rail"]))) return;
  const stays = here && document.querySelector(`[data-row="${CSS.escape(here)}"]`);
  (stays || document.querySelector("[data-row]"))?.focus();
}

keepTrue(rows, document.getElementById("news"), bringIn);
