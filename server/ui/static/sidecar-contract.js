// The messages between the sidecar and the page of the helpdesk that shows it. server/ui/SIDECAR.md says it in words.
// @ts-check

/** The version of the contract. A message of another version is not read. */
export const VERSION = 1;

/**
 * What the frame says to the page around it.
 * @typedef {{v: 1, type: "countersign:ready", ticket: string}
 *   | {v: 1, type: "countersign:insert", ticket: string, text: string}
 *   | {v: 1, type: "countersign:sent", ticket: string}
 *   | {v: 1, type: "countersign:resize", ticket: string, height: number}
 *   | {v: 1, type: "countersign:token-please", ticket: string}} FromFrame
 */
/**
 * What the page says to the frame. `sent`: a person sent these words themselves.
 * @typedef {{v: 1, type: "countersign:token", token: string}
 *   | {v: 1, type: "countersign:draft-changed", text: string, sent?: boolean}} FromHost
 */

/** @type {Record<string, Record<string, string>>} */
const FROM_FRAME = {
  "countersign:ready": { ticket: "string" },
  "countersign:insert": { ticket: "string", text: "string" },
  "countersign:sent": { ticket: "string" },
  "countersign:resize": { ticket: "string", height: "number" },
  "countersign:token-please": { ticket: "string" },
};
/** @type {Record<string, Record<string, string>>} */
const FROM_HOST = {
  "countersign:token": { token: "string" },
  "countersign:draft-changed": { text: "string" },
};

/**
 * A message of this version with the fields that its type has; null for anything else.
 * @param {unknown} data @param {Record<string, Record<string, string>>} shapes
 * @returns {Record<string, unknown> | null}
 */
function read(data, shapes) {
  if (typeof data !== "object" || data === null) return null;
  const message = /** @type {Record<string, unknown>} */ (data);
  const shape = message.v === VERSION && typeof message.type === "string" && Object.hasOwn(shapes, message.type)
    ? shapes[message.type] : null;
  if (!shape) return null;
  return Object.entries(shape).every(([name, kind]) => typeof message[name] === kind) ? message : null;
}

/** What the frame said. @param {unknown} data @returns {FromFrame | null} */
export const fromFrame = (data) => /** @type {FromFrame | null} */ (read(data, FROM_FRAME));

/** What the page said. @param {unknown} data @returns {FromHost | null} */
export const fromHost = (data) => /** @type {FromHost | null} */ (read(data, FROM_HOST));
