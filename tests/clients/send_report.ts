// Uses the types that openapi-typescript made: sends a report and reads it back by the number it got.
import createClient from "openapi-fetch";
import type { components, paths } from "./wangge.js";

declare const process: { argv: string[] };
const [baseUrl, key] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { "X-API-Key": key } });

const body: components["schemas"]["ReportIn"] = { category: "占道经营", lon: 113.001, lat: 34.001, text: "" };
const { data: receipt, error } = await client.POST("/v1/reports", { body });
if (!receipt) throw new Error(error.detail);
const number: string = receipt.number;

const { data: report } = await client.GET("/v1/reports/{number}", { params: { path: { number } } });
if (!report) throw new Error("not read");
const areas: string[] = report.areas.map((area) => area.code);

const { error: problem } = await client.POST("/v1/reports", { body: { ...body, reported_at: "yesterday" } });
const field: string | null | undefined = problem?.field;

console.log(JSON.stringify({ number, read: report.number, areas, problem: field }));
