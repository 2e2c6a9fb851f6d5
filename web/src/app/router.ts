/** Every address of the console. A desk's pages are loaded when they are first opened. */
import { ref } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";

import { onAnswer } from "@/api/client";
import type { Problem } from "@/api/problem";
import { words } from "@/words";

import { forget, me, whoIsSignedIn } from "./session";

declare module "vue-router" {
  interface RouteMeta {
    /** Code of the page's title. */
    title: string;
    /** Whether the page is shown without the frame, to who is not signed in. */
    isBare?: boolean;
    /** Whether the page is shown without the frame, to who is signed in. */
    hasNoFrame?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/map" },
  {
    path: "/sign-in",
    component: () => import("@/desks/sign_in/SignInPage.vue"),
    meta: { title: "signIn.heading", isBare: true },
  },
  { path: "/map", component: () => import("@/desks/map/MapDesk.vue"), meta: { title: "map.heading" } },
  { path: "/overview", component: () => import("@/desks/overview/OverviewDesk.vue"), meta: { title: "overview.heading" } },
  {
    path: "/wall",
    component: () => import("@/desks/overview/OverviewDesk.vue"),
    meta: { title: "overview.wallHeading", hasNoFrame: true },
  },
  { path: "/dispatch", component: () => import("@/desks/cases/CaseDesk.vue"), props: { desk: "dispatch" }, meta: { title: "desks.dispatch" } },
  { path: "/unit", component: () => import("@/desks/cases/CaseDesk.vue"), props: { desk: "unit" }, meta: { title: "desks.unit" } },
  { path: "/verify", component: () => import("@/desks/cases/CaseDesk.vue"), props: { desk: "verify" }, meta: { title: "desks.verify" } },
  { path: "/supervise", component: () => import("@/desks/cases/CaseDesk.vue"), props: { desk: "supervise" }, meta: { title: "desks.supervise" } },
  { path: "/cases/:number", component: () => import("@/desks/cases/CasePage.vue"), meta: { title: "cases.heading" } },
  { path: "/boundaries", component: () => import("@/desks/boundaries/DraftsPage.vue"), meta: { title: "drafts.heading" } },
  { path: "/boundaries/import", component: () => import("@/desks/boundaries/import/ImportPage.vue"), meta: { title: "bring.heading" } },
  { path: "/boundaries/disputes", component: () => import("@/desks/boundaries/DisputesPage.vue"), meta: { title: "disputes.heading" } },
  { path: "/boundaries/quality", component: () => import("@/desks/boundaries/QualityPage.vue"), meta: { title: "quality.heading" } },
  { path: "/boundaries/:draft(\\d+)/redesign", component: () => import("@/desks/boundaries/RedesignPage.vue"), meta: { title: "redesign.heading" } },
  { path: "/boundaries/:draft(\\d+)", component: () => import("@/desks/boundaries/DraftDesk.vue"), meta: { title: "edit.heading" } },
  {
    path: "/records/:kind(report|note|task|person)/:key",
    component: () => import("@/desks/records/RecordPage.vue"),
    meta: { title: "records.heading" },
  },
  { path: "/triage", component: () => import("@/desks/triage/TriageDesk.vue"), meta: { title: "triage.heading" } },
  { path: "/triage/wordings", component: () => import("@/desks/triage/WordingsPage.vue"), meta: { title: "triage.wordings" } },
  { path: "/planner", component: () => import("@/desks/planner/PlannerDesk.vue"), meta: { title: "planner.heading" } },
  { path: "/planner/topics", component: () => import("@/desks/planner/TopicsPage.vue"), meta: { title: "planner.topics" } },
  { path: "/admin/:section?", component: () => import("@/desks/admin/AdminDesk.vue"), meta: { title: "admin.heading" } },
  { path: "/account", component: () => import("@/desks/account/AccountPage.vue"), meta: { title: "account.heading" } },
  { path: "/:rest(.*)*", component: () => import("./MissingPage.vue"), meta: { title: "app.missing" } },
];

/** Why it could not be told who is signed in. */
export const silence = ref<Problem | null>(null);

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach(async (to) => {
  silence.value = await whoIsSignedIn();
  if (to.meta.isBare || silence.value) return true;
  if (!me.value) return { path: "/sign-in", query: { next: to.fullPath } };
  if (me.value.lacks_second_factor && to.path !== "/account") return "/account";
  return true;
});

router.afterEach((to) => {
  document.title = `${words(to.meta.title)} · ${words("app.title")}`;
});

// A session that ends while one works leads to the sign-in page, and back to the same place.
onAnswer((status) => {
  const here = router.currentRoute.value;
  if (status === 401 && me.value && !here.meta.isBare) {
    forget();
    void router.push({ path: "/sign-in", query: { next: here.fullPath, ended: "1" } });
  }
});
