/** What studies of boundaries ask of the service: proposals beside today's, borders in doubt, how far points can be believed. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

export type Redesign = Schemas["RedesignOut"];
export type RedesignIn = Schemas["RedesignIn"];
export type Disputes = Schemas["DisputedEdges"];
export type Source = Schemas["SourceOut"];
type Correction = Schemas["CorrectionOut"];

export function propose(draft: number, body: RedesignIn): Promise<Outcome<Redesign>> {
  return settled(api.POST("/v1/change-sets/{change_set}/redesigns", { params: { path: { change_set: draft } }, body }));
}

/** Return the proposal as a page to print. */
export function printRedesign(draft: number, body: RedesignIn): Promise<Outcome<Blob>> {
  const asked = api.POST("/v1/change-sets/{change_set}/redesigns.pdf", { params: { path: { change_set: draft } }, body, parseAs: "blob" });
  return settled(asked as unknown as Promise<{ data?: Blob; error?: unknown; response: Response }>);
}

/** The areas of the finest level below one, with their shapes. */
export async function readBelow(layer: string, level: string, within: string, at: string | null): Promise<Outcome<Schemas["AreaOut"][]>> {
  const query = { level, within, geometry: true, limit: 1000, ...(at === null ? {} : { at }) };
  const { content, problem } = await settled(api.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query } }));
  return problem ? { content: null, problem } : { content: content.areas, problem: null };
}

export function readDisputes(layer: string, days: number): Promise<Outcome<Disputes>> {
  return settled(api.GET("/v1/layers/{layer}/disputed-edges", { params: { path: { layer }, query: { days } } }));
}

export function readSources(): Promise<Outcome<Source[]>> {
  return settled(api.GET("/v1/data-quality"));
}

export function decideCorrection(id: number, isTaken: boolean, reason: string): Promise<Outcome<Correction>> {
  const params = { path: { correction_id: id } };
  return settled(api.POST("/v1/data-quality/corrections/{correction_id}/decision", { params, body: { take: isTaken, reason } }));
}
