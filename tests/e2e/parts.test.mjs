// The page is fetched in parts: the first visit takes what the first picture needs, the rest comes when it is asked for.
// That picture was recorded when the page was built; the engine comes with the first contact.
import assert from "node:assert/strict";
import { launch, reader, serve, visit } from "./harness.mjs";
import { after, before, test } from "node:test";

let site, browser;
before(async () => {
  site = await serve(process.env.DIST);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const POD = (command) => `apiVersion: v1\nkind: Pod\nmetadata: {name: parts}\nspec:\n  containers:\n  - {name: main, image: 'busybox:1.28', command: [sh, -c, '${command}']}\n`;
const part = /-(split-[a-z]+|chunk-\d+)\.wasm$|\/(editor)\.js$/;

/** A visit that notes the parts that it fetches, and may be told of one that cannot be fetched. */
async function fresh({ without, tour = false } = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-US" });
  const parts = [];
  const state = { without };
  await context.route(part, (route) => {
    const [, piece, script] = part.exec(route.request().url());
    const name = piece ?? script;
    parts.push(name);
    return name === state.without ? route.abort() : route.continue();
  });
  const { page } = await visit(browser, site.url, { context, tour });
  await page.locator(".segment").first().waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
  return { page, context, parts, state };
}

/** What the page shows of the run. */
const shown = (page) => page.evaluate(() => [".timeline", ".strip", ".panels"].map((part) => document.querySelector(part).innerHTML));
const engineRan = (page) => page.waitForFunction(() => performance.getEntriesByName("podlapse:run").length > 0);

test("the first visit fetches no part and no editor, and a part comes once", async () => {
  const guided = await fresh({ tour: true });
  await guided.page.locator(".tour").waitFor();
  assert.deepEqual(guided.parts, []);
  await guided.context.close();
  const { page, context, parts } = await fresh();
  assert.deepEqual(parts, []);
  await page.getByRole("tab", { name: "Describe" }).click();
  await page.locator(".panel", { hasText: "Service Account" }).waitFor();
  await page.getByRole("tab", { name: "Conditions" }).click();
  await page.locator(".panel", { hasText: "PodScheduled" }).waitFor();
  for (const name of ["split-engine", "split-panels"]) assert.equal(parts.filter((part) => part === name).length, 1, name);
  await context.close();
});

test("what is typed before the editor has come goes on in it", async () => {
  const { page, context } = await fresh();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await context.route(/editor\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const field = page.getByRole("textbox", { name: "Pod manifest" });
  const looks = (locator) => locator.evaluate((e) => [e.scrollTop, e.getBoundingClientRect().top, getComputedStyle(e).fontSize, getComputedStyle(e).lineHeight]);
  await field.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(POD("sleep 5").replace("name: parts", "name: early"));
  await page.locator(".strip .name", { hasText: "early" }).waitFor();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  const plain = await looks(page.locator(".plain"));
  release();
  await page.locator(".cm-content").waitFor();
  assert.equal(await page.locator(".plain").count(), 0);
  await page.keyboard.type(" # here");
  assert.match(await reader(page).editor(), /^apiVersion: v1 # here\n/);
  assert.deepEqual(await looks(page.locator(".cm-scroller")), plain);
  // What came before the editor can be undone in it.
  for (const _ of "ab") await page.keyboard.press("Control+z");
  assert.match(await reader(page).editor(), /name: myapp-pod/);
  await page.locator(".strip .name", { hasText: "myapp-pod" }).waitFor();
  await context.close();
});

test("without the editor the page can be used all the same", async () => {
  const { page, context, parts, state } = await fresh({ without: "editor" });
  await page.getByTestId("editor").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("kind: Pod\n");
  await page.locator(".problem.error").first().waitFor();
  await reader(page).tab("Scenario");
  assert.equal(await page.locator(".plain").inputValue(), "");
  // It comes when it can be had, and shows what was asked for meanwhile.
  state.without = undefined;
  await page.locator(".problem.error").first().click();
  await page.locator(".cm-content:focus").waitFor();
  assert.equal(await page.locator(".left").getByRole("tab", { name: "Pod" }).getAttribute("aria-selected"), "true");
  assert.ok(parts.filter((name) => name === "editor").length >= 2);
  await context.close();
});

test("who only looks gets the editor after a while", async () => {
  const { page, context, parts } = await fresh();
  await page.locator(".cm-content").waitFor();
  assert.deepEqual(parts, ["editor"]);
  await context.close();
});

test("what was recorded is what the engine shows", async () => {
  const { page, context, parts } = await fresh();
  // A key is contact enough.
  await page.locator(".ruler").press("Home");
  await engineRan(page);
  await page.locator(".ruler").press("End");
  const ran = await shown(page);
  await context.close();

  const other = await fresh({ without: "split-engine" });
  await other.page.locator(".ruler").press("End");
  assert.deepEqual(await shown(other.page), ran);
  assert.deepEqual([parts.includes("split-engine"), await other.page.locator(".strip .name").innerText()], [true, "myapp-pod"]);
  await other.context.close();
});

test("a panel that needs more than the recording waits for the engine", async () => {
  const { page, context, state } = await fresh({ without: "split-engine" });
  await page.getByRole("tab", { name: "Describe" }).click();
  const again = page.locator(".panel").getByRole("button", { name: "Try again" });
  await again.waitFor();
  state.without = undefined;
  await again.click();
  await page.locator(".panel", { hasText: "Service Account" }).waitFor();
  await context.close();
});

test("what a link carries plays when what reads it has come", async () => {
  const { page, context } = await fresh();
  await reader(page).type(POD("sleep 60"));
  await page.locator(".strip .name", { hasText: "parts" }).waitFor();
  await page.getByTestId("share").click();
  await page.waitForURL(/#v1/);
  const link = page.url();
  await context.close();
  for (const query of ["", "?embed"]) {
    const visitor = await visit(browser, link.replace("#", `${query}#`), { reducedMotion: "no-preference" });
    await visitor.page.locator(".strip .name", { hasText: "parts" }).waitFor();
    await visitor.page.getByTestId("play").and(visitor.page.locator("[aria-label=Pause]")).waitFor();
    assert.deepEqual(visitor.faults, []);
    await visitor.context.close();
  }
});

test("a part that cannot be fetched is told, and fetched again on demand", async () => {
  const { page, context, state } = await fresh({ without: "split-panels" });
  await page.getByRole("tab", { name: "Describe" }).click();
  const again = page.locator(".panel").getByRole("button", { name: "Try again" });
  await again.waitFor();
  // The rest of the page goes on.
  await reader(page).type(POD("sleep 5").replace("name: parts", "name: goes-on"));
  await page.locator(".strip .name", { hasText: "goes-on" }).waitFor();
  state.without = undefined;
  await again.click();
  await page.locator(".panel", { hasText: "Service Account" }).waitFor();
  await context.close();
});

test("a text that cannot be run is kept, and runs when it can be", async () => {
  const { page, context, state } = await fresh({ without: "split-engine" });
  await reader(page).type(POD("sleep 5"));
  const again = page.locator(".timeline").getByRole("button", { name: "Try again" });
  await again.waitFor();
  assert.match(await reader(page).editor(), /name: parts/);
  assert.equal(await page.locator(".strip .name").innerText(), "myapp-pod");
  state.without = undefined;
  await again.click();
  await page.locator(".strip .name", { hasText: "parts" }).waitFor();
  assert.equal(await again.count(), 0);
  await context.close();
});
