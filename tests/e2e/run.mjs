// Runs every *.test.mjs here, one after the other, and ends with one plain line.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const folder = import.meta.dirname;
const only = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs") && (only.length === 0 || only.some((word) => name.includes(word)))).sort();
let passed = 0;
let failed = 0;
const stream = run({ files: files.map((name) => join(folder, name)), concurrency: 1, timeout: 300_000 });
// A file is a test too; only what is inside it counts.
const counts = (event) => event.details?.type !== "suite" && !event.name.endsWith(".test.mjs");
stream.on("test:pass", (event) => counts(event) && (passed += 1));
stream.on("test:fail", (event) => {
  process.exitCode = 1;
  if (counts(event)) failed += 1;
});
stream.on("end", () => {
  if (passed + failed === 0) process.exitCode = 1;
  console.log(`\ntests of the built page: ${passed} passed, ${failed} failed`);
});
stream.compose(spec).pipe(process.stdout);
