// Runs the first example with the engine of the command line, while the page is compiled, and keeps the recording: a first visit
// shows what would come out anyway, and needs no engine for it. `tools/complete.mjs` puts it into the page.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const podlapse = ["run", "--quiet", "--locked", "--offline", "--no-default-features", "--bin", "podlapse", "--"];
const recording = execFileSync("cargo", [...podlapse, "run", "src/app/examples/wait-for-services.yaml", "--output", "recording"], {
  stdio: ["ignore", "pipe", "inherit"],
});
mkdirSync("generated", { recursive: true });
writeFileSync("generated/first-run.txt", recording);
