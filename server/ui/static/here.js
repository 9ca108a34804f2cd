// Who else has this case open, said beside what somebody would begin to answer; and that we have it, to them.
import { announce } from "./announce.js";
import { heard } from "./state.js";

const EVERY = 10000;
const line = () => document.getElementById("here");
const said = (doing) => new URLSearchParams({ doing, csrf: document.querySelector("input[name=csrf]")?.value ?? "" });

function show(says) {
  const place = line();
  if (!place || place.textContent === says) return;
  place.textContent = says;
  if (says) announce(says);
}

/** Say every few seconds that a case is open here; `writing` tells whether somebody writes. */
export function stayHere(id, writing) {
  if (!line()) return;
  const address = `/cases/${encodeURIComponent(id)}/here`;
  let next = 0;
  async function beat() {
    clearTimeout(next);
    // Somebody who looks something up elsewhere, with words begun here, is still at it.
    if (!document.hidden || writing()) {
      try {
        const answer = heard(await fetch(address, { method: "POST", body: said(writing() ? "writing" : "reading") }));
        if (answer.ok) show((await answer.json()).says);
      } catch { /* without a connection nobody is heard of; the page says that it has none */ }
    }
    clearTimeout(next);
    next = setTimeout(beat, EVERY);
  }
  const leave = () => { if (!writing()) navigator.sendBeacon(address, said("gone")); };
  document.addEventListener("toggle", (event) => { if (event.target.matches?.("details.pane")) beat(); }, true);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else beat(); });
  addEventListener("pagehide", () => navigator.sendBeacon(address, said("gone")));
  addEventListener("pageshow", (event) => { if (event.persisted) beat(); });
  beat();
}
