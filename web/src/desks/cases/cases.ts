/** What the desks of cases read and do. */
import { addressOf, api, type Schemas } from "@/api/client";
import { settled, type Outcome, type Problem } from "@/api/problem";

export type Case = Schemas["CaseOut"];
export type CaseSummary = Schemas["CaseSummaryOut"];
export type Step = Schemas["CaseStepOut"];
export type Verb = Schemas["Verb"];
export type Report = Schemas["ReportOut"];
export type Photo = Schemas["AttachmentOut"];
export type Part = Schemas["PartOut"];
export type Whistle = Schemas["WhistleOut"];
export type Candidate = Schemas["CandidateOut"];
export type Act = Schemas["CaseActIn"];

/** Everything that the card of a case shows; parts of it may be missing where they could not be read. */
export interface Whole {
  one: Case;
  report: Report | null;
  steps: Step[];
  photos: Photo[];
  parts: Part[];
  whistles: Whistle[];
  candidates: Candidate[];
}

const MOST_STEPS = 1000;

function of(number: string): { params: { path: { number: string } } } {
  return { params: { path: { number } } };
}

export async function readWhole(number: string): Promise<Outcome<Whole>> {
  const [one, report, history, photos, parts, whistles, candidates] = await Promise.all([
    settled(api.GET("/v1/cases/{number}", of(number))),
    settled(api.GET("/v1/reports/{number}", of(number))),
    settled(api.GET("/v1/cases/{number}/history", { params: { path: { number }, query: { limit: MOST_STEPS } } })),
    settled(api.GET("/v1/reports/{number}/attachments", of(number))),
    settled(api.GET("/v1/cases/{number}/parts", of(number))),
    settled(api.GET("/v1/cases/{number}/whistles", of(number))),
    settled(api.GET("/v1/cases/{number}/duplicates", of(number))),
  ]);
  if (one.problem) return { content: null, problem: one.problem };
  return {
    problem: null,
    content: {
      one: one.content,
      report: report.content,
      steps: [...(history.content?.items ?? [])].reverse(),
      photos: photos.content?.items ?? [],
      parts: parts.content?.items ?? [],
      whistles: whistles.content?.items ?? [],
      candidates: candidates.content?.items ?? [],
    },
  };
}

/** Do something to a case as it was seen: refused where it has changed since. */
export function actOn(one: CaseSummary, act: Act): Promise<Outcome<Case>> {
  return settled(
    api.POST("/v1/cases/{number}/steps", {
      params: { path: { number: one.number }, header: { "If-Match": `"${one.version}"` } },
      body: act,
    }),
  );
}

export function mergeInto(one: CaseSummary, other: string, reason: string): Promise<Outcome<unknown>> {
  return settled(
    api.POST("/v1/cases/{number}/duplicates", {
      params: { path: { number: one.number }, header: { "If-Match": `"${one.version}"` } },
      body: { verb: "merge", other, reason, repeat: false },
    }),
  );
}

export function blowWhistle(number: string, kind: string, units: string[], reason: string): Promise<Outcome<unknown>> {
  return settled(api.POST("/v1/cases/{number}/whistles", { ...of(number), body: { kind, units, reason } }));
}

export function givePart(number: string, unit: string, reason: string): Promise<Outcome<unknown>> {
  return settled(api.POST("/v1/cases/{number}/parts", { ...of(number), body: { unit_code: unit, reason } }));
}

/** Hang a photo on a case; its SHA-256 names it in a step. */
export async function hangPhoto(number: string, file: File, stage: "before" | "after"): Promise<Outcome<string>> {
  const content = await file.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", content);
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const told = await settled(
    api.PUT("/v1/reports/{number}/attachments/{sha256}", {
      params: { path: { number, sha256 }, query: { stage } },
      body: content as unknown as string,
      bodySerializer: (body) => body,
      headers: { "Content-Type": file.type || "application/octet-stream" },
    }),
  );
  return told.problem ? told : { content: sha256, problem: null };
}

export function photoAddress(photo: Photo, copy: "file" | "thumbnail"): string {
  return addressOf("/v1/attachments/{attachment}/{copy}", { attachment: photo.number, copy });
}

/** What a form of a case offers to choose from. */
export interface Choices {
  units: { code: string; name: string }[];
  categories: { code: string; name: string }[];
  whistleKinds: { code: string; name: string }[];
  knowledge: { code: string; name: string }[];
}

let choices: Promise<Choices> | null = null;

/** Units, categories and kinds of whistles of now; read once for the page. */
export function readChoices(): Promise<Choices> {
  choices ??= Promise.all([
    settled(api.GET("/v1/units", { params: { query: { limit: 1000 } } })),
    settled(api.GET("/v1/categories", { params: { query: { limit: 1000 } } })),
    settled(api.GET("/v1/whistle-kinds")),
    settled(api.GET("/v1/knowledge", { params: { query: { limit: 1000 } } })),
  ]).then(([units, categories, kinds, knowledge]) => ({
    units: units.content?.items ?? [],
    categories: categories.content?.items ?? [],
    whistleKinds: kinds.content?.items ?? [],
    knowledge: (knowledge.content?.items ?? []).map(({ code, question }) => ({ code, name: question })),
  }));
  return choices;
}

/** What changed meanwhile, where a case was refused for that. */
export function changesOf(problem: Problem): boolean {
  return problem.code === "case-changed";
}
