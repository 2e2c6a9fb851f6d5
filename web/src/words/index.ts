/** The words of the console: Chinese first, English at a switch. Each sentence has a code: `signIn.enter`. */
import { computed, watch } from "vue";
import { createI18n } from "vue-i18n";

export type Language = "zh" | "en";
interface Sentences {
  [code: string]: string | Sentences;
}

const KEPT = "wangge.language";

function first(): Language {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  return asked === "en" ? "en" : "zh";
}

/** The page brings its sentences before it is shown: the console all of them, the phone its own. */
export const i18n = createI18n({
  legacy: false,
  locale: first(),
  fallbackLocale: "zh",
  messages: {} as Record<Language, Sentences>,
});

/** Add sentences of a part that is loaded later. */
export function moreWords(messages: Record<Language, Sentences>): void {
  i18n.global.mergeLocaleMessage("zh", messages.zh);
  i18n.global.mergeLocaleMessage("en", messages.en);
}

export function bringWords(messages: Record<Language, Sentences>): void {
  i18n.global.setLocaleMessage("zh", messages.zh);
  i18n.global.setLocaleMessage("en", messages.en);
}

export const language = computed<Language>({
  get: () => i18n.global.locale.value,
  set: (chosen) => {
    i18n.global.locale.value = chosen;
  },
});

watch(
  language,
  (chosen) => {
    localStorage.setItem(KEPT, chosen);
    document.documentElement.lang = chosen === "zh" ? "zh-CN" : chosen;
  },
  { immediate: true },
);

/** Return a sentence in the language of now. */
export function words(code: string, values: Record<string, string | number> = {}): string {
  return i18n.global.t(code, values);
}

/** Return an instant as an office writes it, on the clock of the reader. */
export function instant(at: string | Date): string {
  const tag = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short", hour12: false }).format(new Date(at));
}

/** Return a number with its separators, rounded to so many decimals. */
export function number(value: number, decimals = 0): string {
  const tag = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Intl.NumberFormat(tag, { maximumFractionDigits: decimals }).format(value);
}

/** Return a level's name in words; the name of the layer's own where it is none of the usual ones. */
export function levelName(level: string): string {
  return i18n.global.te(`levels.${level}`) ? words(`levels.${level}`) : level;
}
