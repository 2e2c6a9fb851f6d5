/** Addresses of the phone's page, below /m. All pages are loaded at once, so that each opens without a network. */
import { createRouter, createWebHistory } from "vue-router";

import { words } from "@/words";

import ActPage from "./pages/ActPage.vue";
import CasePage from "./pages/CasePage.vue";
import MapPage from "./pages/MapPage.vue";
import MePage from "./pages/MePage.vue";
import MonthPage from "./pages/MonthPage.vue";
import NotePage from "./pages/NotePage.vue";
import SignInPage from "./pages/SignInPage.vue";
import TodayPage from "./pages/TodayPage.vue";
import WaitingPage from "./pages/WaitingPage.vue";
import { me } from "./person";

export const router = createRouter({
  history: createWebHistory(new URL("m", document.baseURI).pathname),
  routes: [
    { path: "/", component: TodayPage, meta: { title: "phone.tabs.today" } },
    { path: "/note/:draft", component: NotePage, meta: { title: "phone.note.heading" } },
    { path: "/cases/:number", component: CasePage, meta: { title: "phone.case.heading" } },
    { path: "/cases/:number/:act(acknowledge|visit|handle|return|report_up|whistle)", component: ActPage, meta: { title: "phone.case.heading" } },
    { path: "/map", component: MapPage, meta: { title: "phone.tabs.map" } },
    { path: "/me/month", component: MonthPage, meta: { title: "phone.month.heading" } },
    { path: "/waiting", component: WaitingPage, meta: { title: "phone.waiting.heading" } },
    { path: "/me", component: MePage, meta: { title: "phone.tabs.me" } },
    { path: "/sign-in", component: SignInPage, meta: { title: "signIn.heading", isBare: true } },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach((to) => (to.meta.isBare || me.value ? true : { path: "/sign-in", query: { next: to.fullPath } }));

router.afterEach((to) => {
  document.title = `${words(to.meta.title)} · ${words("phone.title")}`;
});
