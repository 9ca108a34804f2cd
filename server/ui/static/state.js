// Whether the page still knows what is so: without a connection, or signed out, it says so instead of looking fresh.
const SAID = {
  offline: "No connection. What stands here may have changed; it is read again as soon as there is one.",
  out: "You are signed out, and nothing you press here counts. What you wrote is kept in this tab.",
};
let now = "";

/** Say `offline` or `out` above everything, moving nothing; empty takes it back. */
export function state(next) {
  if (next === now || (now === "out" && next === "offline")) return;
  now = next;
  document.getElementById("state")?.remove();
  if (!next) return;
  const bar = document.createElement("div");
  Object.assign(bar, { id: "state", className: "notice refused", role: "alert" });
  const text = document.createElement("p");
  text.textContent = SAID[next];
  if (next === "out") {
    const link = document.createElement("a");
    link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in and go on here";
    text.append(" ", link);
  }
  bar.append(text);
  document.getElementById("notices")?.append(bar);
}

/** Whether the page has just failed to reach the server. */
export const lost = () => now === "offline";

/** What an answer of ours tells about it; the answer itself. */
export function heard(answer) {
  state(answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/login") ? "out" : "");
  return answer;
}
