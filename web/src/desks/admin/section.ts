/** What administration is made of: sections, each a list of rows with facts and what can be done with a row. */
import type { Outcome } from "@/api/problem";
import type zh from "@/words/zh/admin";

export type Row = Record<string, unknown>;
export type Values = Record<string, string>;
type Words = typeof zh.admin;

/** A field of what is done: its name is its label and, where given, what it holds at first. */
export interface Field {
  name: keyof Words["fields"];
  kind: "text" | "number" | "select" | "check" | "json";
  isOptional?: boolean;
  choices?: readonly string[];
  /** What it holds at first. */
  first?: (row: Row) => string;
}

export interface Action {
  code: keyof Words["actions"];
  fields: readonly Field[];
  /** Whether it can be done with a row; with all, if left out. */
  isOpen?: (row: Row) => boolean;
  /** What cannot be undone is confirmed by a second click. */
  isFinal?: boolean;
  run: (row: Row, values: Values) => Promise<Outcome<unknown>>;
  /** What is shown once: a key, a link, a secret. */
  secret?: (content: unknown) => string | null;
  /** Rows to be shown of what came back. */
  rows?: (content: unknown) => { total: Row; rows: Row[] };
}

export interface Page {
  items: Row[];
  next: string | number | null;
}

export interface Section {
  code: keyof Words["sections"];
  /** Who reads it, by any of these scopes. */
  scopes: readonly string[];
  /** The scope of who changes it. */
  writes: string;
  columns: readonly (keyof Words["fields"])[];
  /** Facts on the card behind the columns. */
  details?: readonly (keyof Words["fields"])[];
  id: (row: Row) => string;
  name: (row: Row) => string;
  read: (after: string | null) => Promise<Outcome<Page>>;
  actions: readonly Action[];
  makes?: Action;
}

/** Read a list that comes whole, or page by page. */
export function paged<Content>(asked: Promise<Outcome<Content>>, items: (content: Content) => unknown, next?: (content: Content) => unknown): Promise<Outcome<Page>> {
  return asked.then(({ content, problem }) => {
    if (problem) return { content: null, problem };
    return { content: { items: items(content) as Row[], next: (next?.(content) ?? null) as Page["next"] }, problem: null };
  });
}

/** Return the values that are not empty; texts of names in `lists` as lists, in `figures` as numbers. */
export function body(values: Values, lists: readonly string[] = [], figures: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.trim() !== "")
      .map(([name, value]) => {
        if (lists.includes(name)) return [name, value.split(/[,，、;；\s]+/).filter(Boolean)];
        return [name, figures.includes(name) ? Number(value) : value.trim()];
      }),
  );
}

export function text(row: Row, name: string): string {
  const value = row[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
