/** Categories with their clocks, rules of dispatch, values of policy, targets of messages and what could not be delivered. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import { body, paged, text, type Row, type Section } from "./section";

const CATEGORY_KINDS = ["component", "event"] as const;
const URGENCIES = ["normal", "urgent"] as const;
const TARGET_KINDS = ["webhook", "dingtalk", "wecom", "mail"] as const;
const POLICIES = ["extensions", "suspensions", "return_within", "hand_overs_raise", "reworks_raise", "remind_working", "remind_continuous", "bulletin_morning", "bulletin_afternoon"] as const;

/** What a category is, whole: a change states all of it anew, so what the form does not show is sent as it was; clocks that are
    not named stay as they are. */
async function changedCategory(code: string, values: Record<string, string>, kept: Row = {}): Promise<Outcome<unknown>> {
  const { limits, ...facts } = values;
  try {
    const given = limits?.trim() ? (JSON.parse(limits) as unknown) : [];
    return await settled(api.PUT("/v1/categories/{code}", { params: { path: { code } }, body: { ...kept, ...body(facts), limits: given } as unknown as Schemas["CategoryIn"] }));
  } catch (thrown) {
    return unreadable(thrown);
  }
}

function unreadable(thrown: unknown): Outcome<unknown> {
  return { content: null, problem: { code: "json", detail: String(thrown), field: null, status: 0 } };
}

export const CATEGORIES: Section = {
  code: "categories",
  scopes: ["categories:write"],
  writes: "categories:write",
  columns: ["code", "name", "kind", "parent_code", "unit_code"],
  details: ["public_name", "urgency", "on_the_spot", "open311_code", "valid_from", "valid_to"],
  id: (row) => text(row, "code"),
  name: (row) => text(row, "name"),
  read: (after) => paged(settled(api.GET("/v1/categories", { params: { query: { limit: 500, ...(after ? { after } : {}) } } })), (c) => c.items, (c) => c.next),
  makes: {
    code: "makeCategory",
    fields: [{ name: "code", kind: "text" }, { name: "name", kind: "text" }, { name: "kind", kind: "select", choices: CATEGORY_KINDS }, { name: "parent_code", kind: "text", isOptional: true }, { name: "unit_code", kind: "text", isOptional: true }, { name: "limits", kind: "json", isOptional: true }],
    run: (_, { code = "", ...values }) => changedCategory(code, values),
  },
  actions: [
    {
      code: "readClocks",
      fields: [],
      run: (row) => settled(api.GET("/v1/categories/{code}", { params: { path: { code: text(row, "code") } } })),
      rows: (content) => ({ total: {}, rows: (content as Schemas["CategoryOut"]).limits as unknown as Row[] }),
    },
    {
      code: "change",
      fields: [
        { name: "name", kind: "text", first: (row) => text(row, "name") },
        { name: "public_name", kind: "text", isOptional: true, first: (row) => text(row, "public_name") },
        { name: "open311_code", kind: "text", isOptional: true, first: (row) => text(row, "open311_code") },
        { name: "kind", kind: "select", choices: CATEGORY_KINDS, first: (row) => text(row, "kind") },
        { name: "parent_code", kind: "text", isOptional: true, first: (row) => text(row, "parent_code") },
        { name: "unit_code", kind: "text", isOptional: true, first: (row) => text(row, "unit_code") },
        { name: "urgency", kind: "select", choices: URGENCIES, first: (row) => text(row, "urgency") },
        { name: "limits", kind: "json", isOptional: true },
      ],
      run: (row, values) => changedCategory(text(row, "code"), values, { on_the_spot: row.on_the_spot }),
    },
    { code: "end", isFinal: true, fields: [], run: (row) => settled(api.POST("/v1/categories/{code}/end", { params: { path: { code: text(row, "code") } }, body: {} })) },
  ],
};

const set = (row: Row): { path: { set_id: number } } => ({ path: { set_id: Number(row.id) } });

/** Open a draft of rules: nothing counts before it is published. */
async function draftOf(rules: string, note: string): Promise<Outcome<unknown>> {
  try {
    return await settled(api.POST("/v1/dispatch-rules", { body: { rules: JSON.parse(rules) as Schemas["DispatchRuleIn"][], note } }));
  } catch (thrown) {
    return unreadable(thrown);
  }
}

export const RULES: Section = {
  code: "rules",
  scopes: ["cases:dispatch"],
  writes: "categories:write",
  columns: ["id", "note", "made_by", "made_at", "effective_at"],
  details: ["published_at", "published_by"],
  id: (row) => text(row, "id"),
  name: (row) => `${text(row, "id")} ${text(row, "note")}`,
  read: () => paged(settled(api.GET("/v1/dispatch-rules")), (c) => c.items, (c) => c.next),
  makes: {
    code: "makeRules",
    fields: [{ name: "note", kind: "text" }, { name: "rules", kind: "json", first: () => "[]" }],
    run: (_, { rules = "[]", note = "" }) => draftOf(rules, note),
  },
  actions: [
    {
      code: "readRules",
      fields: [],
      run: (row) => settled(api.GET("/v1/dispatch-rules/{set_id}", { params: set(row) })),
      rows: (content) => ({ total: {}, rows: (content as Schemas["DispatchRuleSetOut"]).rules as unknown as Row[] }),
    },
    {
      code: "dryRun",
      fields: [],
      run: (row) => settled(api.GET("/v1/dispatch-rules/{set_id}/replay", { params: { ...set(row), query: { since: new Date(Date.now() - 365 * 86_400_000).toISOString(), limit: 200 } } })),
      rows: (content) => {
        const { cases, changed, changes } = content as Schemas["DispatchReplayOut"];
        return { total: { cases, changed }, rows: changes as unknown as Row[] };
      },
    },
    { code: "publish", isFinal: true, isOpen: (row) => row.published_at === null, fields: [], run: (row) => settled(api.POST("/v1/dispatch-rules/{set_id}/publication", { params: set(row), body: {} })) },
  ],
};

export const POLICY: Section = {
  code: "policies",
  scopes: ["categories:write"],
  writes: "categories:write",
  columns: ["code", "value", "state", "effective_from", "stated_by"],
  details: ["note", "stated_at", "decided_by", "decided_at"],
  id: (row) => text(row, "number"),
  name: (row) => text(row, "code"),
  read: (after) => paged(settled(api.GET("/v1/policies/stated", { params: { query: { limit: 100, ...(after ? { after: Number(after) } : {}) } } })), (c) => c.items, (c) => c.next),
  makes: {
    code: "statePolicy",
    fields: [{ name: "code", kind: "select", choices: POLICIES }, { name: "value", kind: "text" }, { name: "note", kind: "text" }],
    run: (_, values) => settled(api.POST("/v1/policies/stated", { body: body(values) as Schemas["PolicyIn"] })),
  },
  actions: (["confirm", "refuse"] as const).map((action) => ({
    code: action,
    isOpen: (row: Row) => row.state === "proposed",
    fields: [],
    run: (row: Row) => settled(api.POST("/v1/policies/stated/{stated}/decision", { params: { path: { stated: Number(row.number) } }, body: { action } })),
  })),
};

const target = (row: Row): { path: { target: number } } => ({ path: { target: Number(row.target) } });

export const TARGETS: Section = {
  code: "targets",
  scopes: ["admin"],
  writes: "admin",
  columns: ["name", "kind", "state", "waiting", "dead"],
  details: ["address", "types", "units", "recipients", "language", "per_minute", "quiet_hours", "templates", "created_by", "created_at", "disabled_at", "disabled_why"],
  id: (row) => text(row, "target"),
  name: (row) => text(row, "name"),
  read: () => paged(settled(api.GET("/v1/notifications/targets")), (c) => c.items),
  makes: {
    code: "makeTarget",
    fields: [{ name: "name", kind: "text" }, { name: "kind", kind: "select", choices: TARGET_KINDS }, { name: "address", kind: "text", isOptional: true }, { name: "recipients", kind: "text", isOptional: true }, { name: "types", kind: "text", isOptional: true }, { name: "units", kind: "text", isOptional: true }],
    run: (_, values) => settled(api.POST("/v1/notifications/targets", { body: body(values, ["recipients", "types", "units"]) as unknown as Schemas["NotificationTargetIn"] })),
    secret: (content) => (content as Schemas["NotificationTargetMadeOut"]).secret,
  },
  actions: [
    { code: "test", fields: [], run: (row) => settled(api.POST("/v1/notifications/targets/{target}/test", { params: target(row) })) },
    { code: "replayDead", fields: [], isOpen: (row) => Number(row.dead) > 0, run: (row) => settled(api.POST("/v1/notifications/targets/{target}/replay", { params: target(row) })) },
    {
      code: "newSecret",
      isOpen: (row) => row.kind === "webhook",
      fields: [],
      run: (row) => settled(api.POST("/v1/notifications/targets/{target}/secret", { params: target(row) })),
      secret: (content) => (content as Schemas["NotificationTargetMadeOut"]).secret,
    },
    { code: "disable", fields: [], isOpen: (row) => row.state === "active", run: (row) => settled(api.POST("/v1/notifications/targets/{target}/disabling", { params: target(row) })) },
    { code: "enable", fields: [], isOpen: (row) => row.state === "disabled", run: (row) => settled(api.POST("/v1/notifications/targets/{target}/enabling", { params: target(row) })) },
  ],
};

export const DELIVERIES: Section = {
  code: "deliveries",
  scopes: ["admin"],
  writes: "admin",
  columns: ["delivery", "type", "subject", "attempts", "last_fault"],
  details: ["state", "target", "last_at", "last_answer", "next_at"],
  id: (row) => text(row, "delivery"),
  name: (row) => `${text(row, "type")} ${text(row, "subject")}`,
  read: (after) =>
    paged(settled(api.GET("/v1/notifications/deliveries", { params: { query: { state: "dead", limit: 100, ...(after ? { after: Number(after) } : {}) } } })), (c) => c.items, (c) => c.next),
  actions: [
    { code: "replay", fields: [], run: (row) => settled(api.POST("/v1/notifications/deliveries/{delivery}/replay", { params: { path: { delivery: Number(row.delivery) } } })) },
  ],
};
