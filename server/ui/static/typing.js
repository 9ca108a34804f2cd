/** Whether a key pressed now is meant for a field and not for the page. */
export const typing = (event) =>
  event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey ||
  Boolean(event.target.closest("input, textarea, select, [contenteditable], dialog[open]"));
