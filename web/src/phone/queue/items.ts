/**
 * What waits to be sent: acts of one person, each with an id that is minted when it is made ready, so that the same act
 * is sent twice under one id and another one never is. An item is only changed while it is a draft.
 */

/** How an act is sent: a quick note, a step of a case, a whistle, a step of a whistle, a step of a task. */
export type Kind = "note" | "step" | "whistle" | "whistle-step" | "task";

/** `draft`: being written; `waiting`: to be sent; `refused`: set aside by the service until its person decides. */
export type State = "draft" | "waiting" | "refused";

export interface Photo {
  sha256: string;
  size: number;
  stage: "before" | "after" | null;
  /** Whether the service has answered that it holds a file of this hash. */
  confirmed: boolean;
}

/** What the service said, or that it said nothing. */
export interface Refusal {
  status: number;
  code: string;
  detail: string;
  field: string | null;
  /** What others did to the case meanwhile, where that was the reason. */
  changes: readonly { readonly verb: string; readonly by: string; readonly at: string }[];
  /** The state in which the case is, where that was the reason. */
  state: string | null;
}

/** Code of the refusal of an act that builds on one that was refused: it waits for what becomes of that one. */
export const EARLIER_REFUSED = "earlier-refused";

export interface Item {
  id: string;
  /** In which order items are sent, over all cases; given by the database. */
  order: number;
  /** Number of the person who did it: nobody else's session sends it. */
  person: number;
  kind: Kind;
  /** What it is about, as addresses of the service name it: a case, a task; of a note its own id. Sent in order. */
  subject: string;
  /** Part of the address below the subject: the whistle's number, the unit's code. */
  below: string | null;
  /** Code of the sentence that names the act, and what it is about in words. */
  title: string;
  about: string;
  body: Readonly<Record<string, unknown>>;
  photos: readonly Photo[];
  /** Version of the case that its person saw; null: no matter which. */
  base: number | null;
  state: State;
  /** Instants by the device's clock. */
  begun_at: string;
  made_at: string | null;
  /** Number of the note that the service gave and when, once it is stored. */
  number: string | null;
  server_at: string | null;
  tries: number;
  next_try_at: number;
  refusal: Refusal | null;
}

/** What arrived: both clocks beside each other. */
export interface Sent {
  id: string;
  person: number;
  title: string;
  about: string;
  number: string;
  made_at: string;
  server_at: string;
}

export { newId } from "@/api/ids";

/** Return the SHA-256 of bytes, in hex. */
export async function sha256Of(content: ArrayBuffer): Promise<string> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
