import "@/app/older";
import { createApp } from "vue";

import "@/design/tokens.css";
import "@/design/base.css";

import App from "@/app/App.vue";
import { router } from "@/app/router";
import { followSettings } from "@/app/settings";
import { followTheme } from "@/design/theme";
import { bringWords, i18n } from "@/words";
import en from "@/words/en";
import zh from "@/words/zh";

import "@/design/kit.css";

bringWords({ zh, en });
followTheme();
followSettings();
createApp(App).use(i18n).use(router).mount("#app");
