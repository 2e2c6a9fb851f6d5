import vue from "eslint-plugin-vue";
import accessible from "eslint-plugin-vuejs-accessibility";
import typescript from "typescript-eslint";

/** An address of the API is written once, as a path of the typed client: no fetch, no page of its own making. */
const ADDRESSES = [
  { selector: "CallExpression[callee.name='fetch']", message: "Ask by the typed client in src/api." },
  { selector: "NewExpression[callee.name=/^(XMLHttpRequest|EventSource|WebSocket)$/]", message: "Ask by src/api." },
  {
    selector: ":matches(VElement, Program) Literal[value=/[\\u3400-\\u9fff]/], TemplateElement[value.raw=/[\\u3400-\\u9fff]/]",
    message: "Words stand in src/words.",
  },
];

export default typescript.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  ...typescript.configs.strict,
  ...vue.configs["flat/recommended"],
  ...accessible.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    files: ["src/**/*.{ts,vue}"],
    ignores: ["src/words/**"],
    rules: { "no-restricted-syntax": ["error", ...ADDRESSES] },
  },
  { files: ["src/api/client.ts", "src/api/events.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "vue/no-v-html": "error",
      "vue/no-bare-strings-in-template": "error",
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": ["error", { html: { void: "never", normal: "never", component: "always" } }],
      "vue/component-name-in-template-casing": ["error", "PascalCase"],
      "vuejs-accessibility/label-has-for": "off",
      "vuejs-accessibility/form-control-has-label": "off",
    },
  },
);
