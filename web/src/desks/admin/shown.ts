/** A value of a row in words. */
import { i18n, instant, number, words } from "@/words";

const INSTANT = /^\d{4}-\d\d-\d\dT/;
/** Fields whose values are codes with words of their own. */
const CODED = new Set(["kind", "state", "urgency", "role", "roles", "part", "code", "scopes"]);

/** Return a field's name in words; as it is where it has none. */
export function fieldName(name: string): string {
  return i18n.global.te(`admin.fields.${name}`) ? words(`admin.fields.${name}`) : name;
}

/** Return a value as a person reads it; `name` is the field's. */
export function shown(value: unknown, name: string): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return words(value ? "admin.yes" : "admin.no");
  if (typeof value === "number") return name === "id" || name === "target" || name === "delivery" ? String(value) : number(value, 1);
  if (typeof value === "string") {
    if (INSTANT.test(value)) return instant(value);
    const code = `admin.values.${value.replaceAll("-", "_").replaceAll(":", "_")}`;
    return CODED.has(name) && i18n.global.te(code) ? words(code) : value;
  }
  if (Array.isArray(value)) return value.map((one) => shown(one, name)).join(words("admin.comma"));
  return Object.entries(value as object)
    .filter(([, one]) => one !== null)
    .map(([key, one]) => `${fieldName(key)} ${shown(one, key)}`)
    .join(" · ");
}
