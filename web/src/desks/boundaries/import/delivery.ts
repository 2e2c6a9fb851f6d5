/** What the import asks of the service: files looked into, checked, kept. Nothing is stored before it is kept. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

export type Inspection = Schemas["InspectionOut"];
export type InspectedFile = Schemas["InspectedFileOut"];
export type Checked = Schemas["ImportOut"];

/** Meanings that a column may have, the needed one first. */
export const MEANINGS = ["code", "name", "parent", "level", "unit_code", "unit_name"] as const;
export type Meaning = (typeof MEANINGS)[number];

/** What a person says of a file beside what it tells itself. */
export interface Said {
  /** Column by meaning, where another than the one that names tell. */
  columns: Partial<Record<Meaning, string>>;
  /** Level by table. */
  levels: Record<string, string>;
}

export interface Delivery {
  layer: string;
  files: readonly File[];
  /** System of the numbers; empty: as the files state. */
  crs: string;
  /** Encoding of the texts; empty: as the bytes tell. */
  encoding: string;
}

/** Return the form's entries `field` and `level`: what was said of files, in the words of the service. */
export function entriesOf(files: readonly InspectedFile[], said: readonly Said[]): { field: string[]; level: string[] } {
  const [field, level]: [string[], string[]] = [[], []];
  files.forEach((file, index) => {
    const words = said[index] ?? { columns: {}, levels: {} };
    const levels = Object.entries(file.levels).map(([table, told]) => [table, words.levels[table] || told] as const);
    // Once a table of a file is given a level, its tables without one are left out: so all that are known are named.
    if (Object.values(words.levels).some(Boolean)) {
      for (const [table, name] of levels) if (name) level.push(`${name}=${table || file.name}`);
    }
    const names = new Set(levels.map(([, name]) => name));
    const own = files.length > 1 && names.size === 1 ? [...names][0] : null;
    for (const [meaning, column] of Object.entries(words.columns)) {
      if (column) field.push(`${own ? `${own}.` : ""}${meaning}=${column}`);
    }
  });
  return { field: [...new Set(field)], level };
}

function formOf({ files, crs, encoding }: Delivery, more: Record<string, string | string[]> = {}): FormData {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  if (crs.trim()) form.append("crs", crs.trim());
  if (encoding) form.append("encoding", encoding);
  for (const [name, told] of Object.entries(more)) for (const value of [told].flat()) form.append(name, value);
  return form;
}

export function inspect(delivery: Delivery): Promise<Outcome<Inspection>> {
  return settled(
    api.POST("/v1/layers/{layer}/inspections", {
      params: { path: { layer: delivery.layer } },
      body: {} as Schemas["Body_inspect_boundary_files"],
      bodySerializer: () => formOf(delivery),
    }),
  );
}

/** Check the delivery (`dry_run`), or keep it: as a draft, or as the service does by itself (first release, submitted draft). */
export function bring(delivery: Delivery, entries: ReturnType<typeof entriesOf>, how: Record<string, string>): Promise<Outcome<Checked>> {
  return settled(
    api.POST("/v1/layers/{layer}/imports", {
      params: { path: { layer: delivery.layer } },
      body: {} as Schemas["Body_import_boundary_files"],
      bodySerializer: () => formOf(delivery, { ...entries, ...how }),
    }),
  );
}
