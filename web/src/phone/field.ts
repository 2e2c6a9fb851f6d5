/** What the phone knows of the work: cases in hand, tasks, units to call; kept on the device for where there is no network. */
import { computed, ref } from "vue";

import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import { distanceBetween, whereNow, type Position } from "./position";
import type { Item } from "./queue/items";
import { useTold } from "./told";
import { waitingFor } from "./waiting";

export type Case = Schemas["CaseInHandOut"];
export type Task = Schemas["TaskOut"];
export type Step = Schemas["CaseStepOut"];

const inHand = useTold<Schemas["CasesInHandOut"]>("cases", () => settled(api.GET("/v1/cases/in-hand", { params: { query: { limit: 200 } } })));
const issued = useTold<Task[]>("tasks", async () => {
  const answer = await settled(api.GET("/v1/tasks", { params: { query: { limit: 50 } } }));
  return answer.problem ? answer : { content: answer.content.items, problem: null };
});

export const cases = computed<Case[]>(() => inHand.content.value?.items ?? []);
export const toldAt = inHand.at;
export const problem = computed(() => inHand.problem.value);
export const isAsking = inHand.isAsking;

/** Ask for all of it anew. */
export async function askWork(): Promise<void> {
  await Promise.all([inHand.ask(), issued.ask()]);
}

export interface OwnTask {
  task: Task;
  unit: string;
  state: string;
  due_at: string;
  is_overdue: boolean;
}

/** Tasks of one's own units that are not finished, the most urgent first. */
export const tasks = computed<OwnTask[]>(() => {
  const own = new Set(inHand.content.value?.units ?? []);
  return (issued.content.value ?? [])
    .flatMap((task) => task.units.filter((part) => own.has(part.unit_code)).map((part) => ({ task, part })))
    .filter(({ part }) => part.state === "issued" || part.state === "acknowledged")
    .map(({ task, part }) => ({ task, unit: part.unit_code, state: part.state, due_at: part.due_at, is_overdue: part.is_overdue }))
    .filter(({ task }) => !waitingFor(String(task.task)).some((item) => item.body.verb === "finish"))
    .sort((a, b) => a.due_at.localeCompare(b.due_at));
});

/** To which state what waits will lead a case, if nobody was there first. */
const LEADS: Record<string, Case["state"]> = {
  acknowledge: "acknowledged", handle: "handled", return: "returned", report_up: "dispatched",
};

/** Return a case's state with what waits to be sent for it. */
export function stateOf(one: Case): Case["state"] {
  return pendingOf(one.number).reduce((state, item) => LEADS[String(item.body.verb)] ?? state, one.state);
}

/** Return what waits for a case and was not refused. */
export function pendingOf(number: string): Item[] {
  return waitingFor(number).filter((item) => item.state === "waiting");
}

/** The version on which a further act builds: that of what waits already, else the one that was told. */
export function baseOf(one: Case): number {
  return pendingOf(one.number)[0]?.base ?? one.version;
}

export type Group = "overdue" | "today" | "week" | "later";

/** Return in which group of due times a case stands. */
export function groupOf(one: Case, now = new Date()): Group {
  if (!one.due_at) return "later";
  const due = new Date(one.due_at);
  if (due < now) return "overdue";
  const days = (new Date(due).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000;
  return days < 1 ? "today" : days < 7 ? "week" : "later";
}

/** Where the device was when the list was ordered by distance; asked once, by a tap. */
export const here = ref<Position | null>(null);

export async function locate(): Promise<void> {
  here.value = await whereNow();
}

/** Return how far a case is, in metres; null where one of the places is not known. */
export function distanceOf(one: Case): number | null {
  if (!here.value || one.lon === null || one.lat === null) return null;
  return distanceBetween(here.value, { lon: one.lon, lat: one.lat });
}

export function readHistory(number: string): Promise<Outcome<Schemas["CaseHistoryOut"]>> {
  return settled(api.GET("/v1/cases/{number}/history", { params: { path: { number }, query: { limit: 200 } } }));
}

export function readPhotos(number: string): Promise<Outcome<Schemas["AttachmentListOut"]>> {
  return settled(api.GET("/v1/reports/{number}/attachments", { params: { path: { number } } }));
}
