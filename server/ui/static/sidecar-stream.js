// What happens in the case, as it happens, and only while somebody can see the frame.
// @ts-check

const AGAIN = 3000;

/**
 * Follow one case at a time. A browser opens six connections to a host, for all its tabs together: a frame that nobody
 * sees gives its own back, and catches up from the last event it heard when it is seen again.
 * @param {(path: string, init: RequestInit) => Promise<Response>} ask
 * @param {(kind: string) => void} heard @param {() => void} missed something may have happened unheard
 * @returns {(name: string) => void}
 */
export const following = (ask, heard, missed) => {
  let name = "";
  let last = "";
  /** @type {AbortController | null} */
  let held = null;
  /** @type {number | undefined} */
  let again;

  /** @param {AbortSignal} signal */
  const listen = async (signal) => {
    /** @type {Record<string, string>} */
    const headers = { Accept: "text/event-stream" };
    if (last) headers["Last-Event-ID"] = last;
    const answer = await ask(`/api/v1/cases/${encodeURIComponent(name)}/stream`, { headers, signal });
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      const blocks = (rest + value.replace(/\r/g, "")).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        last = /^id: ?(.*)$/m.exec(block)?.[1] ?? last;
        const kind = /^event: ?(.*)$/m.exec(block)?.[1];
        if (kind) heard(kind);
      }
    }
  };

  const start = async () => {
    clearTimeout(again);
    if (!name || document.hidden || held) return;
    const mine = held = new AbortController();
    try { await listen(mine.signal); } catch { if (!mine.signal.aborted) missed(); }
    if (mine.signal.aborted) return;
    held = null;
    again = setTimeout(() => { void start(); }, AGAIN);
  };
  const stop = () => {
    clearTimeout(again);
    held?.abort();
    held = null;
  };
  const seen = () => {
    if (document.hidden) { stop(); return; }
    missed();
    void start();
  };
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted) seen(); });

  return (to) => {
    if (!to || to === name) return;
    stop();
    [name, last] = [to, ""];
    void start();
  };
};
