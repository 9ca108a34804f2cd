// What the page of a helpdesk does with the sidecar: insert what it is given, keep its token fresh, tell it of changes.
// @ts-check
import { VERSION, fromFrame } from "/static/sidecar-contract.js";

const ticket = document.body.dataset.ticket ?? "";
const frame = /** @type {HTMLIFrameElement | null} */ (document.getElementById("countersign"));
const reply = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply"));
const told = document.getElementById("told");
const address = frame ? new URL(frame.dataset.address ?? "", location.href) : null;
const sidecar = address?.origin ?? "";

/** @param {string} path @param {Record<string, unknown>} [content] */
const post = (path, content) => fetch(`/sample-helpdesk/tickets/${encodeURIComponent(ticket)}/${path}`, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf ?? "" },
  body: JSON.stringify(content ?? {}),
});

/** @param {Record<string, unknown>} message */
const tell = (message) => frame?.contentWindow?.postMessage({ v: VERSION, ...message }, sidecar);

let inserted = false;
window.addEventListener("message", async (event) => {
  if (!frame || event.source !== frame.contentWindow || event.origin !== sidecar) return;
  const message = fromFrame(event.data);
  if (!message || message.ticket !== ticket) return;
  if (message.type === "countersign:insert" && reply) {
    reply.value = message.text;
    inserted = true;
    reply.focus();
  }
  if (message.type === "countersign:resize") frame.style.height = `${Math.min(Math.max(message.height, 240), 2400)}px`;
  if (message.type === "countersign:sent" && told) told.textContent = "Countersign has sent a reply.";
  if (message.type === "countersign:ready") document.body.dataset.sidecar = "ready";
  if (message.type === "countersign:token-please") {
    const answer = await post("token");
    if (answer.ok) tell({ type: "countersign:token", token: (await answer.json()).token });
  }
});

reply?.addEventListener("input", () => {
  if (inserted) tell({ type: "countersign:draft-changed", text: reply.value });
});

document.getElementById("composer")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = reply?.value.trim() ?? "";
  if (!text || !reply) return;
  const answer = await post("reply", { text }).catch(() => null);
  if (!answer?.ok) { if (told) told.textContent = "It was not sent. Try again."; return; }
  if (inserted) tell({ type: "countersign:draft-changed", text, sent: true });
  const line = document.createElement("li");
  line.className = "staff";
  const words = document.createElement("p");
  words.textContent = text;
  line.append(words);
  document.getElementById("messages")?.append(line);
  reply.value = "";
  inserted = false;
  if (told) told.textContent = "Sent by hand. Countersign is silent on this ticket now.";
});

// Only now: what it says before somebody listens is lost.
if (frame && address) frame.src = address.href;
