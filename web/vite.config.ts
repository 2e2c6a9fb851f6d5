import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// Addresses in the built files are relative: the service names the folder under which it is reached in <base>.
export default defineConfig({
  base: "./",
  plugins: [vue()],
  resolve: { alias: { "@": new URL("src", import.meta.url).pathname } },
  define: { __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __INTLIFY_PROD_DEVTOOLS__: "false" },
  build: {
    target: "chrome80",
    rollupOptions: { input: ["index.html", "m.html"] },
    assetsDir: "console",
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000", "/sign-in/openid": "http://127.0.0.1:8000" } },
});
