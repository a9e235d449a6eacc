// What the first visit downloads: every file of dist/ that the page loads, as brotli compresses it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const BUDGET = 500_000;
const dist = process.argv[2] ?? "dist";
const compressed = (file) => brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
let total = 0;
for (const file of files.sort()) {
  const size = compressed(file);
  total += size;
  console.log(`${String(size).padStart(9)}  ${file}`);
}
console.log(`${String(total).padStart(9)}  in all, of ${BUDGET} bytes`);
if (total > BUDGET) process.exit(1);
