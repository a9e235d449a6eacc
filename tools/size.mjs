// What the first visit downloads, and what comes later when it is asked for, as brotli compresses it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const BUDGET = 500_000;
const dist = process.argv[2] ?? "dist";
const compressed = (file) => brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
const all = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
// `tests/e2e/parts.test.mjs` holds that the first visit fetches none of these.
const later = (file) => /-(split|chunk)-\w+\.wasm$/.test(file);
// Who only looks gets it too, when the picture has stood for a while.
const afterwards = (file) => file.endsWith("/editor.js");

function weigh(files) {
  let total = 0;
  for (const file of files) {
    const size = compressed(file);
    total += size;
    console.log(`${String(size).padStart(9)}  ${file}`);
  }
  return total;
}
const parts = weigh(all.filter(later));
console.log(`${String(parts).padStart(9)}  in parts that are fetched when they are asked for\n`);
const picture = weigh(all.filter((file) => !later(file) && !afterwards(file)));
console.log(`${String(picture).padStart(9)}  for the first picture\n`);
const first = picture + weigh(all.filter(afterwards));
console.log(`${String(first).padStart(9)}  with the first visit, of ${BUDGET} bytes`);
if (first > BUDGET) process.exit(1);
