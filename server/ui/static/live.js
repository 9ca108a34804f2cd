// A list stays true while it is read: what somebody else dealt with says so in its place, and what is new is offered.
import { announce } from "./announce.js";
import { heard, state } from "./state.js";
import { typing } from "./typing.js";

const EVERY = 5000;
const MOST = 60;
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const box = (row) => row.getBoundingClientRect();
const seen = (row) => box(row).bottom > 0 && box(row).top < innerHeight;
/** Those in sight before the others; none of a list that is not shown. */
const asking = (list) => rowsOf(list).filter((row) => box(row).width).sort((one, other) => seen(other) - seen(one)).slice(0, MOST);
const some = (many, one, more) => (many ? `${many >= 100 ? "99+" : many} ${many === 1 ? one : more}` : "");

/** Write into a row how its case stands now. Whether it was dealt with since the last look. */
function mark(row, { says, tone, over }) {
  const place = row.querySelector("[data-says]");
  const before = row.classList.contains("over");
  if (!place || (place.textContent.trim() === says && before === over) || (!over && !before && !place.dataset.says)) return false;
  const dot = document.createElement("span");
  dot.className = `dot ${tone}`;
  dot.setAttribute("aria-hidden", "true");
  place.replaceChildren(dot, says);
  place.title = says;
  row.classList.toggle("over", over);
  return over && !before;
}

function sayMany(many) {
  if (many) announce(many === 1 ? "One case of this list was dealt with by somebody else." : `${many} cases of this list were dealt with by others.`);
}

/** Offer what came and what went, by a button that moves nothing until it is pressed. */
function offer(news, newer, list) {
  const over = list.querySelectorAll(".row.over").length;
  const text = [some(newer, "new", "new"), some(over, "dealt with", "dealt with")].filter(Boolean).join(", ");
  if (!news || news.textContent === text) return;
  news.hidden = !text;
  news.textContent = text;
  news.title = "Bring the list up to date (key .)";
  if (newer) announce(`${newer} new case${newer === 1 ? "" : "s"}. Press full stop to bring ${newer === 1 ? "it" : "them"} in.`);
}

function count(views) {
  for (const [key, many] of Object.entries(views ?? {})) {
    const badge = document.querySelector(`.rail [data-view="${CSS.escape(key)}"] .badge`);
    if (badge && many) badge.textContent = many;
  }
}

/**
 * Look every few seconds at the address that the list in `place()` carries; `news` is the button that offers what
 * changed, and `bringIn` what it does.
 */
export function keepTrue(place, news, bringIn) {
  let [etag, asked] = ["", ""];
  async function look() {
    const list = place();
    if (document.hidden || !list?.dataset.live) return;
    const address = new URL(list.dataset.live, location.origin);
    for (const row of asking(list)) address.searchParams.append("row", row.dataset.row);
    const headers = etag && asked === address.href ? { "If-None-Match": etag } : {};
    const answer = heard(await fetch(address, { headers, cache: "no-store" }));
    if (answer.status !== 200) return;
    [etag, asked] = [answer.headers.get("ETag") ?? "", address.href];
    const { newer, waiting, rows, views } = await answer.json();
    const known = new Set(rowsOf(list).map((row) => row.dataset.row));
    sayMany(rowsOf(list).filter((row) => rows[row.dataset.row] && mark(row, rows[row.dataset.row])).length);
    count(views);
    offer(news, waiting ? waiting.filter((id) => !known.has(id)).length : newer, list);
  }
  const bring = () => bringIn().then(() => { etag = ""; news.hidden = true; news.textContent = ""; }).catch(() => state("offline"));
  news?.addEventListener("click", bring);
  document.addEventListener("keydown", (event) => {
    if (!typing(event) && event.key === "." && news && !news.hidden) bring();
  });
  const poll = () => look().catch(() => state("offline")).finally(() => setTimeout(poll, EVERY));
  setTimeout(poll, EVERY);
}

/** Read the page at `address` again; the parts of these ids that it has take the place of the old ones. */
export async function readAgain(address, ids) {
  const answer = heard(await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" }));
  // A request that was answered meanwhile is read as its case: another page, with another list.
  if (!answer.ok || new URL(answer.url).pathname !== new URL(address, location.origin).pathname) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  return true;
}
