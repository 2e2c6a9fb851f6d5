/** A report, quick note, task or person as rows of a name and what is known, each in words. */
import { api } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";
import { instant, number, words } from "@/words";

export type RecordKind = "report" | "note" | "task" | "person";
export const KINDS: readonly RecordKind[] = ["report", "note", "task", "person"];

export interface Told {
  title: string;
  /** Code of the name (`records.fields.…`) and what is known, in the order in which it is shown. */
  rows: [field: string, value: string][];
  /** Degrees in EPSG:4326. */
  place: { lon: number; lat: number } | null;
}

type Value = string | number | null | undefined;

function rows(given: Record<string, Value>): [string, string][] {
  return Object.entries(given).flatMap(([field, value]) =>
    value === null || value === undefined || value === "" ? [] : [[field, typeof value === "number" ? number(value, 6) : value]],
  );
}

function placeOf(lon: number | null, lat: number | null): Told["place"] {
  return lon === null || lat === null ? null : { lon, lat };
}

function told<Content>({ content, problem }: Outcome<Content>, tell: (content: Content) => Told): Outcome<Told> {
  return problem ? { content: null, problem } : { content: tell(content), problem: null };
}

const READERS: Record<RecordKind, (key: string) => Promise<Outcome<Told>>> = {
  report: async (key) =>
    told(await settled(api.GET("/v1/reports/{number}", { params: { path: { number: key } } })), (report) => ({
      title: report.number,
      rows: rows({
        category: report.category, text: report.text, address: report.address, reporter: report.reporter?.phone,
        reportedAt: instant(report.reported_at), areas: report.areas.map(({ name }) => name).join(" › "),
      }),
      place: placeOf(report.lon, report.lat),
    })),
  note: async (key) =>
    told(await settled(api.GET("/v1/quick-notes/{number}", { params: { path: { number: key } } })), (note) => ({
      title: note.number,
      rows: rows({
        category: note.category, text: note.text, author: note.author, notedAt: instant(note.noted_at),
        writtenAt: note.is_back_filled ? instant(note.written_at) : null, isCase: note.is_case ? words("records.isCase") : null,
      }),
      place: placeOf(note.lon, note.lat),
    })),
  task: async (key) =>
    told(await settled(api.GET("/v1/tasks/{task}", { params: { path: { task: Number(key) } } })), (task) => ({
      title: task.title,
      rows: [
        ...rows({
          kind: words(`palette.tasks.${task.kind}`), text: task.text, author: task.issued_by, issuedAt: instant(task.issued_at),
          dueAt: instant(task.due_at),
        }),
        ...task.units.map((part): [string, string] => [
          "unit",
          `${part.unit_code}：${words(`records.taskStates.${part.state}`)}${part.is_overdue ? ` · ${words("overview.late")}` : ""}`,
        ]),
      ],
      place: null,
    })),
  person: async (key) =>
    told(await settled(api.GET("/v1/people/{person}", { params: { path: { person: Number(key) } } })), (person) => ({
      title: person.name,
      rows: rows({ staffNumber: person.staff_number, phone: person.phone, units: person.units.join("、"), roles: person.grants.map(({ role }) => role).join("、") }),
      place: null,
    })),
};

/** Read a record that the search found. */
export function readRecord(kind: RecordKind, key: string): Promise<Outcome<Told>> {
  return READERS[kind](key);
}
