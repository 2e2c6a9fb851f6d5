/** How items of the queue reach the service: one request an act, one a photo, by the console's typed client. */
import { api } from "@/api/client";
import { problemOf } from "@/api/problem";

import type { Item, Photo, Refusal } from "./queue/items";
import type { Answer, Transport } from "./queue/sending";

interface Reply {
  data?: unknown;
  error?: unknown;
  response: Response;
}

function member(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null ? (from as Record<string, unknown>)[name] : undefined;
}

function textOf(from: unknown, name: string): string | null {
  const found = member(from, name);
  return typeof found === "string" ? found : null;
}

function refusalOf(error: unknown, status: number): Refusal {
  const { code, detail, field } = problemOf(error, status);
  const changes = member(error, "changes");
  return {
    status, code, detail, field,
    changes: Array.isArray(changes) ? (changes as Refusal["changes"]) : [],
    state: textOf(error, "state"),
  };
}

/** Wait for a reply; what is none of the service's own, as a portal's page, counts as none. */
async function answered(asked: Promise<Reply>, told: (content: unknown) => Omit<Answer & { ok: true }, "ok">): Promise<Answer> {
  try {
    const { data, error, response } = await asked;
    if (!response.ok) return { ok: false, refusal: refusalOf(error, response.status) };
    const found = told(data);
    if (!found.number) throw new TypeError("no answer of the service");
    return { ok: true, ...found };
  } catch {
    return { ok: false, refusal: refusalOf(null, 0) };
  }
}

function bodyOf<Body>(item: Item): Body {
  const photos = item.photos.length ? { photos: item.photos.map((photo) => photo.sha256) } : {};
  return { ...item.body, ...photos } as Body;
}

function headersOf(item: Item): Record<string, string> {
  return { "Idempotency-Key": item.id, ...(item.base === null ? {} : { "If-Match": `"${item.base}"` }) };
}

function versionOf(content: unknown): number | null {
  const found = member(content, "version");
  return typeof found === "number" ? found : null;
}

function sendAct(item: Item): Promise<Answer> {
  const header = headersOf(item);
  const now = new Date().toISOString();
  if (item.kind === "note") {
    return answered(api.POST("/v1/quick-notes", { body: { ...item.body, id: item.id } as never }), (content) => ({
      number: textOf(content, "number") ?? "", server_at: textOf(content, "written_at") ?? now, version: null,
    }));
  }
  if (item.kind === "step") {
    const path = { number: item.subject };
    return answered(api.POST("/v1/cases/{number}/steps", { params: { path, header }, body: bodyOf(item) }), (content) => ({
      number: textOf(content, "number") ?? "", server_at: textOf(content, "changed_at") ?? now, version: versionOf(content),
    }));
  }
  if (item.kind === "whistle") {
    const path = { number: item.subject };
    return answered(api.POST("/v1/cases/{number}/whistles", { params: { path, header }, body: bodyOf(item) }), (content) => ({
      number: textOf(content, "case") ?? "", server_at: textOf(content, "called_at") ?? now, version: null,
    }));
  }
  if (item.kind === "whistle-step") {
    const path = { number: item.subject, whistle: Number(item.below) };
    const asked = api.POST("/v1/cases/{number}/whistles/{whistle}/steps", { params: { path, header }, body: bodyOf(item) });
    return answered(asked, (content) => ({ number: textOf(content, "case") ?? "", server_at: now, version: null }));
  }
  const path = { task: Number(item.subject), code: item.below ?? "" };
  const asked = api.POST("/v1/tasks/{task}/units/{code}/steps", { params: { path, header }, body: bodyOf(item) });
  return answered(asked, (content) => ({
    number: textOf(content, "unit_code") ? item.subject : "",
    server_at: textOf(content, "done_at") ?? textOf(content, "acknowledged_at") ?? now, version: null,
  }));
}

function sendPhoto(item: Item, photo: Photo, content: ArrayBuffer): Promise<Answer> {
  const headers = { "Content-Type": "image/jpeg" };
  const file = { body: new Blob([content], { type: "image/jpeg" }) as never, bodySerializer: (body: unknown) => body as Blob, headers };
  const query = photo.stage ? { stage: photo.stage } : {};
  const path = { number: item.number ?? item.subject, sha256: photo.sha256 };
  const asked = api.PUT("/v1/reports/{number}/attachments/{sha256}", { params: { path, query }, ...file });
  return answered(asked as Promise<Reply>, (data) => ({
    number: textOf(data, "sha256") ?? "", server_at: textOf(data, "received_at") ?? "", version: null,
  }));
}

export const transport: Transport = { act: sendAct, photo: sendPhoto };
