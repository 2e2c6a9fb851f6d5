/** What an area came from and became, as the service knows it. */
import { api } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import type { Lineage } from "./lineage_layout";

export function readLineage(layer: string, code: string): Promise<Outcome<Lineage>> {
  return settled(api.GET("/v1/layers/{layer}/areas/{code}/lineage", { params: { path: { layer, code } } }));
}
