// Completes the built page. Its content security policy: the inline start script, which Trunk writes, is allowed by its hash,
// and nothing else that is inline. What stands there until the page is up gets the text of the first example and its run, as
// `tools/record.mjs` recorded it, and is painted first: the page is not fetched ahead of the style sheet, but when the script
// asks for it, and the editor when the page does.
import "./parts.mjs";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(process.env.TRUNK_STAGING_DIR ?? "dist", "index.html");
const html = readFileSync(file, "utf8");
const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]);
const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
if (!html.includes("'INLINE'")) throw new Error(`${file} has no place for the hashes`);
const preload = /<link rel="preload" href="[^"]*" crossorigin="anonymous" as="fetch" type="application\/wasm">/;
const editor = /<link rel="modulepreload" href="[^"]*\/editor\.js"[^>]*>/;
for (const early of [preload, editor]) if (!early.test(html)) throw new Error(`${file} has no ${early} any more: look at what Trunk writes`);
const [text, run] = ['<pre id="boot-pod">', 'data-run=""'];
for (const place of [text, run]) if (!html.includes(place)) throw new Error(`${file} has no place for the first example: ${place}`);
const escaped = readFileSync("src/app/examples/wait-for-services.yaml", "utf8").replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt()};`);
const recording = readFileSync("generated/first-run.txt", "utf8");
const filled = html.replace("'INLINE'", hashes.join(" ")).replace(text, () => text + escaped).replace(run, `data-run="${recording}"`);
writeFileSync(file, filled.replace(preload, "").replace(editor, ""));
