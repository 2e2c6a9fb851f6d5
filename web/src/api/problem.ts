/** What went wrong, in words: a problem that the service told (RFC 9457), or that it did not answer. */
import { words } from "@/words";

export interface Problem {
  /** Last part of the problem's type: `second-factor-needed`; `silent` when there was no answer. */
  code: string;
  detail: string;
  /** The field it is about, as the service names it. */
  field: string | null;
  status: number;
}

interface Answer<Content> {
  data?: Content;
  error?: unknown;
  response: Response;
}

/** What a request came to: content, or a problem. */
export type Outcome<Content> = { content: Content; problem: null } | { content: null; problem: Problem };

function text(from: unknown, name: string): string | null {
  const value = typeof from === "object" && from !== null ? (from as Record<string, unknown>)[name] : null;
  return typeof value === "string" ? value : null;
}

/** Return the problem in an answer that is none of ours too: a proxy's page, say. */
export function problemOf(error: unknown, status: number): Problem {
  return {
    code: text(error, "type")?.replace(/^urn:wangge:problem:/, "") ?? `http-${status}`,
    detail: text(error, "detail") ?? text(error, "title") ?? words("problem.unknown", { status }),
    field: text(error, "field"),
    status,
  };
}

/** Wait for an answer of the client; no request throws past this. */
export async function settled<Content>(asked: Promise<Answer<Content>>): Promise<Outcome<Content>> {
  try {
    const { data, error, response } = await asked;
    if (response.ok) return { content: data as Content, problem: null };
    return { content: null, problem: problemOf(error, response.status) };
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    return { content: null, problem: { code: "silent", detail: words("problem.silent"), field: null, status: 0 } };
  }
}
