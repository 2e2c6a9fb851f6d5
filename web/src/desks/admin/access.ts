/** Keys, the audit, datums of sources, how the service is doing. */
import { api, type Schemas } from "@/api/client";
import { settled } from "@/api/problem";

import { ROLES } from "./organisation";
import { body, paged, text, type Row, type Section } from "./section";

export const KEYS: Section = {
  code: "keys",
  scopes: ["people:write"],
  writes: "people:write",
  columns: ["name", "holder", "channels", "systems", "state"],
  details: ["scopes", "quota_per_minute", "created_at", "expires_at", "former_until"],
  id: (row) => text(row, "name"),
  name: (row) => text(row, "name"),
  read: () => paged(settled(api.GET("/v1/keys")), (c) => c.items),
  makes: {
    code: "makeKey",
    fields: [
      { name: "name", kind: "text" }, { name: "role", kind: "select", choices: ROLES }, { name: "channel", kind: "text", isOptional: true },
      { name: "crs", kind: "select", choices: ["WGS84", "GCJ-02", "BD-09", "EPSG:4490", "EPSG:4547"] }, { name: "quota_per_minute", kind: "number", isOptional: true },
    ],
    run: (_, { role = "", ...values }) => settled(api.POST("/v1/keys", { body: { ...body(values, [], ["quota_per_minute"]), roles: [role] } as unknown as Schemas["KeyIn"] })),
    secret: (content) => (content as Schemas["KeyMadeOut"]).key,
  },
  actions: [
    {
      code: "rotate",
      isOpen: (row) => row.state !== "withdrawn",
      fields: [{ name: "overlap_days", kind: "number", first: () => "7" }],
      run: (row, values) => settled(api.POST("/v1/keys/{name}/rotation", { params: { path: { name: text(row, "name") } }, body: body(values, [], ["overlap_days"]) as Schemas["RotationIn"] })),
      secret: (content) => (content as Schemas["KeyMadeOut"]).key,
    },
    { code: "withdraw", isFinal: true, isOpen: (row) => row.state !== "withdrawn", fields: [], run: (row) => settled(api.POST("/v1/keys/{name}/withdrawal", { params: { path: { name: text(row, "name") } } })) },
  ],
};

export const AUDIT: Section = {
  code: "audit",
  scopes: ["audit:read"],
  writes: "audit:read",
  columns: ["happened_at", "actor", "action", "subject"],
  details: ["detail"],
  id: (row) => text(row, "id"),
  name: (row) => text(row, "action"),
  read: (after) => paged(settled(api.GET("/v1/audit", { params: { query: { limit: 100, ...(after ? { after: Number(after) } : {}) } } })), (c) => c.items, (c) => c.next),
  actions: [],
};

export const SOURCES: Section = {
  code: "sources",
  scopes: ["admin"],
  writes: "admin",
  columns: ["source", "channel", "declared_crs", "reports", "with_point"],
  details: ["with_address", "examined", "flags", "offers"],
  id: (row) => text(row, "source"),
  name: (row) => text(row, "source"),
  read: () =>
    paged(settled(api.GET("/v1/data-quality")), (c) =>
      c.map((one) => ({ ...one, offers: one.corrections.filter(({ state }) => state === "offered").map(({ id, detected_crs }) => `${id}: ${detected_crs}`) })),
    ),
  actions: (["takeDatum", "refuseDatum"] as const).map((code) => ({
    code,
    isOpen: (row: Row) => Array.isArray(row.offers) && row.offers.length > 0,
    fields: [{ name: "reason", kind: "text" }] as const,
    run: (row: Row, { reason = "" }) => {
      const offered = (row.corrections as Schemas["OfferedCorrectionOut"][]).find(({ state }) => state === "offered");
      return settled(
        api.POST("/v1/data-quality/corrections/{correction_id}/decision", { params: { path: { correction_id: offered?.id ?? 0 } }, body: { take: code === "takeDatum", reason } }),
      );
    },
  })),
};

/** Jobs and consumers, as rows. */
function healthRows({ status, jobs, events }: Schemas["Readiness"]): Row[] {
  const failed = Object.entries(jobs?.failed_tasks ?? {}).map(([name, value]) => ({ part: "failed_task", name, value }));
  const lags = Object.entries(events?.lag_s ?? {}).map(([name, value]) => ({ part: "consumer", name, value }));
  return [
    { part: "service", name: status, value: null },
    ...(["todo", "doing", "failed"] as const).map((name) => ({ part: "jobs", name, value: jobs?.[name] ?? null })),
    ...failed,
    ...lags,
  ];
}

export const HEALTH: Section = {
  code: "health",
  scopes: ["admin"],
  writes: "admin",
  columns: ["part", "name", "value"],
  id: (row) => `${text(row, "part")} ${text(row, "name")}`,
  name: (row) => text(row, "name"),
  read: () => paged(settled(api.GET("/readyz")), healthRows),
  actions: [],
};
