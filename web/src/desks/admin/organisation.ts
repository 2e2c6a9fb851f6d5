/** Units, people, seats. */
import { api, type Schemas } from "@/api/client";
import { settled } from "@/api/problem";

import { body, paged, text, type Section } from "./section";

export const UNIT_KINDS = ["centre", "department", "street", "community", "party_organisation"] as const;
export const ROLES = [
  "viewer", "planner", "dispatcher", "street-staff", "department-staff", "grid-captain", "grid-worker", "building-captain", "volunteer", "verifier",
  "supervisor", "gis-editor", "gis-approver", "intake", "administrator", "security-administrator", "auditor", "privacy-officer",
] as const;
const person = (row: Record<string, unknown>): { path: { person: number } } => ({ path: { person: Number(row.id) } });

export const UNITS: Section = {
  code: "units",
  scopes: ["units:write"],
  writes: "units:write",
  columns: ["code", "name", "kind", "parent_code"],
  details: ["valid_from", "valid_to"],
  id: (row) => text(row, "code"),
  name: (row) => text(row, "name"),
  read: (after) => paged(settled(api.GET("/v1/units", { params: { query: { limit: 500, ...(after ? { after } : {}) } } })), (c) => c.items, (c) => c.next),
  makes: {
    code: "makeUnit",
    fields: [{ name: "code", kind: "text" }, { name: "name", kind: "text" }, { name: "kind", kind: "select", choices: UNIT_KINDS }, { name: "parent_code", kind: "text", isOptional: true }],
    run: (_, { code = "", ...values }) => settled(api.PUT("/v1/units/{code}", { params: { path: { code } }, body: body(values) as Schemas["UnitIn"] })),
  },
  actions: [
    {
      code: "change",
      fields: [
        { name: "name", kind: "text", first: (row) => text(row, "name") },
        { name: "kind", kind: "select", choices: UNIT_KINDS, first: (row) => text(row, "kind") },
        { name: "parent_code", kind: "text", isOptional: true, first: (row) => text(row, "parent_code") },
      ],
      run: (row, values) => settled(api.PUT("/v1/units/{code}", { params: { path: { code: text(row, "code") } }, body: body(values) as Schemas["UnitIn"] })),
    },
    { code: "end", isFinal: true, fields: [], run: (row) => settled(api.POST("/v1/units/{code}/end", { params: { path: { code: text(row, "code") } }, body: {} })) },
  ],
};

export const PEOPLE: Section = {
  code: "people",
  scopes: ["people:read"],
  writes: "people:write",
  columns: ["name", "staff_number", "units", "roles"],
  details: ["acts_as", "phone", "grants", "ended_at"],
  id: (row) => text(row, "id"),
  name: (row) => text(row, "name"),
  read: (after) =>
    paged(
      settled(api.GET("/v1/people", { params: { query: { limit: 200, ...(after ? { after: Number(after) } : {}) } } })),
      (c) => c.items.map((one) => ({ ...one, roles: one.grants.map(({ role }) => role) })),
      (c) => c.next,
    ),
  makes: {
    code: "makePerson",
    fields: [{ name: "name", kind: "text" }, { name: "staff_number", kind: "text", isOptional: true }, { name: "unit_codes", kind: "text", isOptional: true }, { name: "role", kind: "select", choices: ROLES, isOptional: true }],
    run: (_, { role, ...values }) =>
      settled(api.POST("/v1/people", { body: { ...body(values, ["unit_codes"]), grants: role ? [{ role }] : [] } as unknown as Schemas["PersonNewIn"] })),
  },
  actions: [
    {
      code: "invite",
      fields: [{ name: "login", kind: "text", isOptional: true }],
      run: (row, values) => settled(api.POST("/v1/people/{person}/account/link", { params: person(row), body: body(values) as Schemas["LinkIn"] })),
      secret: (content) => (content as Schemas["LinkOut"]).link,
    },
    {
      code: "grant",
      fields: [{ name: "role", kind: "select", choices: ROLES }, { name: "area", kind: "text", isOptional: true }, { name: "category", kind: "text", isOptional: true }],
      run: (row, values) => settled(api.POST("/v1/people/{person}/grants", { params: person(row), body: body(values) as Schemas["PersonGrantIn"] })),
    },
    {
      code: "revoke",
      isOpen: (row) => Array.isArray(row.grants) && row.grants.length > 0,
      fields: [{ name: "grant", kind: "number" }],
      run: (row, { grant }) => settled(api.DELETE("/v1/people/{person}/grants/{grant}", { params: { path: { person: Number(row.id), grant: Number(grant) } } })),
    },
    { code: "lock", fields: [], run: (row) => settled(api.POST("/v1/people/{person}/account/lock", { params: person(row) })) },
    { code: "unlock", fields: [], run: (row) => settled(api.POST("/v1/people/{person}/account/unlock", { params: person(row) })) },
    { code: "endSessions", fields: [], run: (row) => settled(api.DELETE("/v1/people/{person}/sessions", { params: person(row) })) },
    { code: "leave", isFinal: true, isOpen: (row) => row.ended_at === null, fields: [], run: (row) => settled(api.POST("/v1/people/{person}/end", { params: person(row), body: {} })) },
  ],
};

export const SEATS: Section = {
  code: "seats",
  scopes: ["people:read"],
  writes: "units:write",
  columns: ["code", "name", "zone", "unit_code", "person"],
  details: ["is_away", "stand_in"],
  id: (row) => text(row, "code"),
  name: (row) => text(row, "name"),
  read: () => paged(settled(api.GET("/v1/seats")), (c) => c.items.map((one) => ({ ...one, person: one.person?.name ?? null, stand_in: one.stand_in?.name ?? null }))),
  actions: [
    {
      code: "duty",
      fields: [{ name: "person_number", kind: "number", isOptional: true }],
      run: (row, { person_number: given }) => settled(api.PUT("/v1/seats/{code}/duty", { params: { path: { code: text(row, "code") } }, body: { person: given ? Number(given) : null } })),
    },
    { code: "end", isFinal: true, fields: [], run: (row) => settled(api.POST("/v1/seats/{code}/end", { params: { path: { code: text(row, "code") } }, body: {} })) },
  ],
};
