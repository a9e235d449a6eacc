// How fast the built page is: `make bench-page`. Prints figures; fails nothing.
//   start          from the request to the first timeline, with an empty cache
//   key to paint   from a key press in the editor to the frame that shows its run: the 95th percentile. A frame is waited
//                  for, 0 to 16.7 ms, whatever the page does: `idle page` is how long that takes where nothing is to be done
//   work           how much of the page's one thread a key takes until it is painted, in processor time: what neither the wait for a
//                  frame nor another program on the machine can spoil. The idle page's is what measuring takes
//   run            reading, checking, simulating and laying out the text: the one call that an edit makes
//   playing        times between frames while the playhead moves; busy is the processor time of each
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, reader, serve, visit } from "./harness.mjs";

const site = await serve(process.env.DIST);
const browser = await launch();
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const ms = (value) => `${value.toFixed(1).padStart(8)} ms`;
const line = (name, ...figures) => console.log(`${name.padEnd(28)} ${figures.join("  ")}`);

const containers = (n, command) =>
  Array.from({ length: n }, (_, i) => `  - {name: init-${i}, image: 'busybox:1.28', command: [sh, -c, '${command}']}\n`).join("");
const pod = (inits, main = "sleep 3600") =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: bench}\nspec:\n  initContainers:\n${inits}  containers:\n  - {name: main, image: 'busybox:1.28', command: [sh, -c, '${main}']}\n`;

/** Processor time that the page's thread has taken, in milliseconds. */
async function clock(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find((m) => m.name === "TaskDuration").value * 1000;
  };
}

/** Presses keys and measures each until the frame after it. */
async function press(page, presses) {
  await page.evaluate(() => {
    globalThis.times = [];
    globalThis.runs = [];
    globalThis.heard?.abort();
    globalThis.heard = new AbortController();
    addEventListener("keydown", () => {
      const start = performance.now();
      requestAnimationFrame(() => setTimeout(() => {
        times.push(performance.now() - start);
        runs.push(performance.getEntriesByName("podlapse:run").at(-1)?.duration ?? 0);
      }));
    }, { capture: true, signal: heard.signal });
  });
  const busy = await clock(page);
  const works = [];
  for (let i = 0; i < presses; i += 1) {
    const before = await busy();
    await page.keyboard.press("x");
    await page.waitForFunction((n) => times.length >= n, i + 1, { timeout: 60_000, polling: 50 });
    works.push((await busy()) - before);
  }
  return { ...(await page.evaluate(() => ({ times, runs }))), works };
}

/** The middle and the 95th percentile. */
const spread = (name, values) => `${name} p50 ${ms(percentile(values, 0.5))} p95 ${ms(percentile(values, 0.95))}`;

/** Types into the Pod's name, so that with each key it is another Pod; then into a comment at the end, which leaves it what it was. */
async function keys(name, text, presses) {
  const { page, context } = await visit(browser, site.url);
  await reader(page).type(text);
  await page.keyboard.press("Control+Home");
  const before = text.slice(0, text.search(/\bname: /) + "name: ".length).split("\n");
  for (let i = 1; i < before.length; i += 1) await page.keyboard.press("ArrowDown");
  for (const _ of before.at(-1)) await page.keyboard.press("ArrowRight");
  await measure(page, `key, ${name}`, presses);
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# ");
  await measure(page, "  in a comment", presses);
  await context.close();
}

async function measure(page, name, presses) {
  const { times, runs, works } = await press(page, presses);
  line(name, spread("to paint", times), spread("work", works), `run p50 ${ms(percentile(runs, 0.5))}`);
}

/** The same on a page with nothing but a field. */
async function floor(presses) {
  const page = await browser.newPage();
  await page.setContent("<textarea autofocus></textarea>");
  await page.locator("textarea").focus();
  const { times, works } = await press(page, presses);
  line("key, idle page", spread("to paint", times), spread("work", works));
  await page.close();
}

/** Plays and counts the frames. */
async function play(name, text, speed, seconds) {
  const { page, context } = await visit(browser, site.url, { reducedMotion: "no-preference" });
  await reader(page).type(text);
  // What follows an edit at leisure is done.
  await page.waitForTimeout(3000);
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await page.locator("select[aria-label=Speed]").selectOption(String(speed));
  const busy = await clock(page);
  await page.getByTestId("play").click();
  const before = await busy();
  const gaps = await page.evaluate((duration) => new Promise((done) => {
    const gaps = [];
    let last = performance.now();
    const begin = last;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      if (now - begin < duration) requestAnimationFrame(frame);
      else done(gaps.slice(2));
    };
    requestAnimationFrame(frame);
  }), seconds * 1000);
  const each = ((await busy()) - before) / gaps.length;
  const segments = await page.locator(".segment").count();
  line(`playing, ${name}`, `p50 ${ms(percentile(gaps, 0.5))}`, `p95 ${ms(percentile(gaps, 0.95))}`, `longest ${ms(Math.max(...gaps))}`, `busy ${ms(each)}`, `${segments} shapes`);
  await context.close();
}

const starts = [];
for (let i = 0; i < 5; i += 1) {
  const { page, context } = await visit(browser, site.url);
  await page.locator(".segment").first().waitFor({ state: "attached" });
  starts.push(await page.evaluate(() => performance.now()));
  await context.close();
}
line("start to first timeline", `p50 ${ms(percentile(starts, 0.5))}`, `longest ${ms(Math.max(...starts))}`);

await floor(40);
const examples = "src/app/examples";
for (const name of ["git-clone", "stray-done", "wait-for-services", "shared-volume", "crash-loop"]) {
  await keys(name, readFileSync(join(examples, `${name}.yaml`), "utf8"), 40);
}
// The script of benches/shell.rs; what a Pod costs whose script does nothing is to be taken off.
const script = Array.from({ length: 500 }, (_, i) => `x=${i}; echo $x; [ $x -gt 3 ]; if [ -n "$x" ]; then :; fi`).join("; ");
await keys("no commands", pod(containers(1, "exit 0")), 20);
await keys("2,000 commands", pod(containers(1, script)), 20);
await keys("1,000 init containers", pod(containers(1000, "sleep 0.1")), 40);
await play("example 03", readFileSync(join(examples, "wait-for-services.yaml"), "utf8"), 5, 4);
await play("10,000 segments", pod(containers(2500, "sleep 0.1")), 100, 4);
await browser.close();
site.stop();
