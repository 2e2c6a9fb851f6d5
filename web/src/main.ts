import { createApp } from "vue";

import "@/design/tokens.css";
import "@/design/base.css";

import App from "@/app/App.vue";
import { router } from "@/app/router";
import { followSettings } from "@/app/settings";
import { followTheme } from "@/design/theme";
import { i18n } from "@/words";

import "@/design/kit.css";

followTheme();
followSettings();
createApp(App).use(i18n).use(router).mount("#app");
