// The inbox: keys, filters that apply at once, and new cases that announce themselves instead of moving the others.
import { announce } from "./announce.js";
import { heard, state } from "./state.js";
import { typing } from "./typing.js";
import { moveThrough } from "./rows.js";

const EVERY = 5000;
const rows = () => document.getElementById("rows");
/** The view, its order and its filters, as an address carries them. */
const list = () => new URLSearchParams(rows()?.dataset.query);
const news = document.getElementById("news");

document.body.dataset.section = "inbox-list";
if (rows()) moveThrough(document);

for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Back from a case: at its line, and not at the top.
const from = document.referrer.startsWith(location.origin) ? /\/cases\/([^/?#]+)/.exec(document.referrer)?.[1] : "";
if (from) document.querySelector(`[data-row="${CSS.escape(decodeURIComponent(from))}"]`)?.focus();

let etag = "";
let known = 0;

async function look() {
  if (document.hidden || !rows()?.dataset.newest) return;
  const query = list();
  query.set("than", rows().dataset.newest);
  const answer = heard(await fetch(`/inbox/newer?${query}`, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" }));
  if (answer.status !== 200) return;
  etag = answer.headers.get("ETag") ?? "";
  const { newer } = await answer.json();
  if (newer === known) return;
  known = newer;
  news.hidden = newer === 0;
  news.textContent = `${newer >= 100 ? "99+" : newer} new`;
  if (newer) announce(`${newer} new case${newer === 1 ? "" : "s"}. Press full stop to bring ${newer === 1 ? "it" : "them"} in.`);
}

/**
 * Bring the new ones in: the page is read again and the parts that changed take their place. Where the newest come
 * first one goes on with them; where the longest wait comes first they are at the end, and one stays where one is.
 */
async function bringIn() {
  const here = list().get("order") === "waiting" ? document.activeElement?.dataset.row : "";
  const answer = heard(await fetch(location.href, { headers: { Accept: "text/html" } }));
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["rows", "inbox-count"]) {
    const [old, now] = [document.getElementById(part), fresh.getElementById(part)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  const [rail, newRail] = [document.querySelector(".rail"), fresh.querySelector(".rail")];
  if (rail && newRail) rail.replaceWith(document.adoptNode(newRail));
  [known, etag, news.hidden] = [0, "", true];
  const stays = here && document.querySelector(`[data-row="${CSS.escape(here)}"]`);
  (stays || document.querySelector("[data-row]"))?.focus();
}

news?.addEventListener("click", () => bringIn().catch(() => state("offline")));
document.addEventListener("keydown", (event) => {
  if (!typing(event) && event.key === "." && !news.hidden) bringIn().catch(() => state("offline"));
});
const poll = () => look().catch(() => state("offline")).finally(() => setTimeout(poll, EVERY));
setTimeout(poll, EVERY);
