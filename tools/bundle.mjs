// One script for the editor and one style sheet for the page, in generated/. A file that would be the same is left alone: what is
// compiled from it need not be compiled again.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const { outputFiles } = await build({
  entryPoints: ["editor/editor.js", "style/page.css"],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome115", "firefox121", "safari17.2"],
  // A line break inside quotes would not survive where wasm-bindgen's test runner indents the script.
  supported: { "template-literal": false },
  entryNames: "[name]",
  outdir: "generated",
  write: false,
});
mkdirSync("generated", { recursive: true });
for (const { path, contents } of outputFiles) {
  if (!existsSync(path) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
}
