import { build } from "vite";
import vue from "@vitejs/plugin-vue";
import { gzipSync } from "node:zlib";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
for (const kit of process.argv.slice(2)) {
  await build({ root: kit, logLevel: "error", base: "./", configFile: false, plugins: [vue()],
    build: { outDir: "../out/" + kit, emptyOutDir: true, target: "chrome86", modulePreload: false } });
  const sizes = { js: 0, css: 0 };
  for (const f of readdirSync("out/" + kit + "/assets")) {
    const kind = f.endsWith(".js") ? "js" : f.endsWith(".css") ? "css" : null;
    if (kind) sizes[kind] += gzipSync(readFileSync("out/" + kit + "/assets/" + f), { level: 9 }).length;
  }
  console.log(kit, JSON.stringify(sizes));
}
