/** Rows and columns of the attribute table: pure, so that they are tested without a page. */
import type { Area } from "@/map/boundaries";

export interface Column {
  /** `name` of the area, or `attribute:` and the attribute's name. */
  key: string;
  /** The attribute's own name; null: a fact, whose name is in words. */
  own: string | null;
}

const FACTS = ["code", "name", "parent_code", "unit_name", "area_m2", "release", "valid_from"] as const;

export function columnsOf(areas: readonly Area[]): Column[] {
  const own = [...new Set(areas.flatMap(({ attributes }) => Object.keys(attributes)))].sort();
  return [...FACTS.map((key) => ({ key, own: null })), ...own.map((name) => ({ key: `attribute:${name}`, own: name }))];
}

export function valueOf(area: Area, column: Column): string | number | null {
  const value = column.own === null ? area[column.key as keyof Area] : (area.attributes as Record<string, unknown>)[column.own];
  if (value === null || value === undefined) return null;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** Return the areas that have what is looked for in any column, ordered by one: numbers by size, texts as people read them, nothing last. */
export function rowsOf(areas: readonly Area[], columns: readonly Column[], wanted: string, by: Column | null, isDown: boolean): Area[] {
  const text = wanted.trim().toLowerCase();
  const found = text ? areas.filter((area) => columns.some((column) => String(valueOf(area, column) ?? "").toLowerCase().includes(text))) : [...areas];
  if (!by) return found;
  const order = new Intl.Collator("zh-CN", { numeric: true });
  const compare = (a: string | number, b: string | number): number =>
    typeof a === "number" && typeof b === "number" ? a - b : order.compare(String(a), String(b));
  return found.sort((one, other) => {
    const [a, b] = [valueOf(one, by), valueOf(other, by)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return isDown ? compare(b, a) : compare(a, b);
  });
}

/** Which rows are drawn: those in view and some around them. */
export function windowOf(top: number, height: number, row: number, count: number): { first: number; last: number } {
  const around = 8;
  const first = Math.min(Math.max(0, Math.floor(top / row) - around), Math.max(0, count - 1));
  return { first, last: Math.min(count, Math.ceil((top + height) / row) + around) };
}
