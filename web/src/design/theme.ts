/** Light or dark: as the system has it, until a person chooses. */
import { ref, watchEffect } from "vue";

export type Theme = "system" | "light" | "dark";

const KEPT = "wangge.theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme {
  const found = localStorage.getItem(KEPT);
  return found === "light" || found === "dark" ? found : "system";
}

export const theme = ref<Theme>(kept());
/** Whether what is shown is dark whatever was chosen: a wall. */
export const isAlwaysDark = ref(false);
/** Whether the page is dark now. */
export const isDark = ref(false);

/** Keep <html> in step with what is chosen and with the system. */
export function followTheme(): void {
  const system = ref(darkSystem.matches);
  darkSystem.addEventListener("change", (told) => {
    system.value = told.matches;
  });
  watchEffect(() => {
    isDark.value = isAlwaysDark.value || theme.value === "dark" || (theme.value === "system" && system.value);
    document.documentElement.classList.toggle("dark", isDark.value);
    localStorage.setItem(KEPT, theme.value);
  });
}
