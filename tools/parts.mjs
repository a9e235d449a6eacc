// Puts the parts of the page (see `tools/bin/wasm-bindgen`) beside it in the built site, under names that carry the page's
// hash: a page never meets the parts of another build.
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const site = process.env.TRUNK_STAGING_DIR ?? "dist";
const target = process.env.CARGO_TARGET_DIR ?? "target";
const parts = ["release", "debug"].map((mode) => join(target, "wasm-bindgen", mode, "parts")).find(existsSync);
const script = readdirSync(site).find((file) => /^page.*\.js$/.test(file));
const page = join(site, script);
const source = readFileSync(page, "utf8");
if (!source.includes("./__wasm_split.js")) throw new Error(`${page} is not cut into parts: build it with make, which puts tools/bin on the path`);

const hashed = (file) => `${script.slice(0, -".js".length)}-${file.replace(/^_+/, "").replaceAll("_", "-")}`;
let loader = readFileSync(join(parts, "__wasm_split.js"), "utf8").replaceAll("./page.js", `./${script}`);
for (const file of readdirSync(parts).filter((name) => name.endsWith(".wasm"))) {
  copyFileSync(join(parts, file), join(site, hashed(file)));
  loader = loader.replaceAll(`./${file}`, `./${hashed(file)}`);
}
writeFileSync(join(site, hashed("parts.js")), loader);
// Only where it is fetched from: the module itself knows it by the name it was linked with.
writeFileSync(page, source.replaceAll('from "./__wasm_split.js"', `from "./${hashed("parts.js")}"`));
// What the engine consists of, for who needs it at once (`public/boot.js`).
const engine = /load_engine = [\s\S]*?"\.\/([^"]+)"[\s\S]*?\[(.*?)\]/.exec(loader);
const chunks = engine[2].match(/\d+/g) ?? [];
const files = [engine[1], ...chunks.map((n) => hashed(`chunk_${n}.wasm`))];
const html = join(site, "index.html");
const preload = `<link rel="modulepreload" href="./${script}"`;
const place = '<meta name="engine" content="" />';
const text = readFileSync(html, "utf8");
if (!text.includes(place) || !files.every((file) => existsSync(join(site, file)))) throw new Error(`${html} cannot name the engine: ${files}`);
writeFileSync(
  html,
  text
    .replace(place, place.replace('""', `"${files.join(" ")}"`))
    .replace(preload, `${preload.replace(script, hashed("parts.js"))} crossorigin="anonymous">${preload}`),
);
