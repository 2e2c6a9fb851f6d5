/** What happens to a draft after it was drawn: handed in, approved or sent back, published, taken back. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import type { Draft } from "./drafts";

export type Impact = Schemas["ImpactOut"];
type Rebased = Schemas["RebasedOut"];
type Release = Schemas["ReleaseOut"];

const of = (id: number): { params: { path: { change_set: number } } } => ({ params: { path: { change_set: id } } });

export function submit(id: number): Promise<Outcome<Draft>> {
  return settled(api.POST("/v1/change-sets/{change_set}/submission", of(id)));
}

export function withdraw(id: number): Promise<Outcome<Draft>> {
  return settled(api.POST("/v1/change-sets/{change_set}/withdrawal", of(id)));
}

/** Approve; without an instant it takes effect as soon as it is published. */
export function approve(id: number, at: string | null, isMeant: boolean): Promise<Outcome<Draft>> {
  const body = { confirm: isMeant, force: isMeant, ...(at ? { effective_at: at } : {}) };
  return settled(api.POST("/v1/change-sets/{change_set}/approval", { ...of(id), body }));
}

export function sendBack(id: number, reason: string): Promise<Outcome<Draft>> {
  return settled(api.POST("/v1/change-sets/{change_set}/return", { ...of(id), body: { reason } }));
}

export function publish(id: number): Promise<Outcome<Release>> {
  return settled(api.POST("/v1/change-sets/{change_set}/publication", of(id)));
}

export function rebase(id: number): Promise<Outcome<Rebased>> {
  return settled(api.POST("/v1/change-sets/{change_set}/rebase", of(id)));
}

export function settle(id: number, code: string, keep: "mine" | "theirs"): Promise<Outcome<Rebased>> {
  return settled(api.POST("/v1/change-sets/{change_set}/settlements", { ...of(id), body: { code, keep } }));
}

export function readImpact(id: number): Promise<Outcome<Impact>> {
  const params = { path: { change_set: id }, query: { outlines: true } };
  return settled(api.GET("/v1/change-sets/{change_set}/impact", { params }));
}

const release = (layer: string, number: number): { params: { path: { layer: string; number: number } } } => ({ params: { path: { layer, number } } });

export function readRelease(layer: string, number: number): Promise<Outcome<Release>> {
  return settled(api.GET("/v1/layers/{layer}/releases/{number}", release(layer, number)));
}

export function askWithdrawal(layer: string, number: number, reason: string): Promise<Outcome<unknown>> {
  return settled(api.POST("/v1/layers/{layer}/releases/{number}/withdrawal", { ...release(layer, number), body: { reason } }));
}

export function approveWithdrawal(layer: string, number: number): Promise<Outcome<unknown>> {
  return settled(api.POST("/v1/layers/{layer}/releases/{number}/withdrawal/approval", release(layer, number)));
}

/** Publish the content of an older release again. */
export function rollBack(layer: string, to: number, note: string): Promise<Outcome<Schemas["PublishedOut"]>> {
  const body = { release: to, note, confirm: false, force: false };
  return settled(api.POST("/v1/layers/{layer}/rollbacks", { params: { path: { layer } }, body }));
}
