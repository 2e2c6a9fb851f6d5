import { createApp } from "vue";

import "@/design/tokens.css";
import "@/design/base.css";
import "./phone.css";

import { followTheme } from "@/design/theme";
import { bringWords, i18n } from "@/words";
import frameEn from "@/words/en/frame";
import phoneEn from "@/words/en/phone";
import signInEn from "@/words/en/sign_in";
import frameZh from "@/words/zh/frame";
import phoneZh from "@/words/zh/phone";
import signInZh from "@/words/zh/sign_in";

import PhoneApp from "./PhoneApp.vue";
import { recall } from "./person";
import { followQueue } from "./waiting";
import { router } from "./router";
import { startWorker } from "./worker_start";

bringWords({ zh: { ...frameZh, ...signInZh, ...phoneZh }, en: { ...frameEn, ...signInEn, ...phoneEn } });
followTheme();

/** Show the page as this device knows it; the service is asked meanwhile. */
function start(): void {
  createApp(PhoneApp).use(i18n).use(router).mount("#app");
  void followQueue();
  startWorker();
}

recall().then(start, start);
