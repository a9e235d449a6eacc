// The editor helps: it completes from the schema, explains under the pointer, and lists what is wrong in both tabs.
import assert from "node:assert/strict";
import { DESKTOP, visit } from "./harness.mjs";
import { scene } from "./scene.mjs";

scene("fields are completed from the schema", {}, async (page, read) => {
  await read.type("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  ");
  await page.keyboard.type("termi");
  await page.locator(".cm-tooltip-autocomplete").getByText("terminationGracePeriodSeconds").waitFor();
  await page.waitForTimeout(150);
  await page.keyboard.press("Enter");
  assert.match(await read.editor(), /terminationGracePeriodSeconds: /);
});

scene("fields of a scenario are completed too", {}, async (page, read) => {
  await read.tab("Scenario");
  await read.type("kind: Scenario\nspec:\n  ");
  await page.keyboard.type("serv");
  await page.locator(".cm-tooltip-autocomplete").getByText("services").waitFor();
});

scene("a field explains itself under the pointer", {}, async (page) => {
  await page.locator(".cm-line", { hasText: "initContainers" }).locator("span", { hasText: "initContainers" }).first().hover();
  await page.locator(".cm-schema code", { hasText: "spec.initContainers" }).waitFor();
});

scene("a fragment runs, and what was added is said", {}, async (page, read) => {
  await read.type("initContainers:\n- name: wait\n  image: busybox\n  command: [sh, -c, 'echo hi']\n");
  await page.locator(".problem.info").first().waitFor();
  await page.locator(".label", { hasText: "wait" }).first().waitFor();
  assert.equal(await page.locator(".problem.error").count(), 0);
});

scene("problems of both tabs are listed with their places and lead there", {}, async (page, read) => {
  await read.tab("Scenario");
  await read.type("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  wrong: 1\n");
  const problem = page.locator(".problem", { hasText: "wrong" });
  assert.match(await problem.innerText(), /Scenario 4:3/);
  await read.tab("Pod");
  await problem.click();
  assert.equal(await page.locator(".left").getByRole("tab", { name: "Scenario" }).getAttribute("aria-selected"), "true");
});

scene("the editor's own panels speak Korean too", { query: "?lang=ko" }, async (page, read) => {
  await read.type("spec: [\n");
  await page.keyboard.press("Control+f");
  const search = page.locator(".cm-search");
  await search.waitFor();
  const words = await search.evaluate((e) => [e.innerText, ...[...e.querySelectorAll("[placeholder], [aria-label]")].flatMap((f) => [f.placeholder, f.ariaLabel])].join(" "));
  assert.doesNotMatch(words, /[A-Za-z]{2}/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+M");
  assert.match(await page.locator(".cm-panel-lint [aria-label]").first().evaluate((e) => e.ariaLabel), /문제/);
});

scene("an empty scenario says what belongs there, and its tab when there is something", {}, async (page, read) => {
  await read.tab("Scenario");
  await page.getByTestId("editor").click();
  const empty = page.locator(".cm-placeholder");
  await empty.waitFor();
  assert.match(await empty.innerText(), /services and objects[\s\S]*kind: Scenario[\s\S]*killSandbox/);
  const dot = page.locator(".left .tab .dot");
  assert.equal(await dot.count(), 0);
  await read.type("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {}\n");
  await empty.waitFor({ state: "detached" });
  await read.tab("Pod");
  await dot.waitFor();
  await page.getByTestId("lang").click();
  await page.locator(".left").getByRole("tab", { name: "시나리오" }).click();
  await read.type("");
  await page.locator(".cm-placeholder", { hasText: "예를 들면" }).waitFor();
});

scene("so does the plain field before the editor has come", {}, async (page, _read, { site, browser }) => {
  const context = await browser.newContext({ viewport: DESKTOP });
  await context.route(/editor\.js$/, (route) => route.abort());
  const plain = await visit(browser, site.url, { context });
  await plain.page.locator(".left").getByRole("tab", { name: "Scenario" }).click();
  assert.match(await plain.page.locator(".plain").getAttribute("placeholder"), /kind: Scenario/);
  await context.close();
  assert.ok(page);
});

scene("the editor says how the keyboard leaves it", {}, async (page) => {
  await page.getByTestId("editor").click();
  const text = page.locator(".cm-content");
  await text.waitFor();
  assert.match(await text.getAttribute("aria-description"), /Escape, then Tab/);
});

scene("an empty page leads to the examples, and waits for nothing", {}, async (page, read) => {
  await read.type("");
  await page.getByTestId("open-example").click();
  await page.locator("dialog[open] .card").first().waitFor();
  await page.keyboard.press("Escape");
  assert.doesNotMatch(await page.locator(".milestones").innerText(), /never|not in/);
});

scene("who walks by Tab passes the editor and leaves the text alone", {}, async (page, read) => {
  const code = () => page.evaluate(() => document.activeElement?.id === "code");
  // The first contact brings the editor.
  await page.keyboard.press("Tab");
  await page.locator(".cm-content").waitFor();
  const before = await read.editor();
  for (let i = 0; i < 30 && !(await code()); i += 1) await page.keyboard.press("Tab");
  assert.ok(await code(), "the editor is on the way");
  await page.keyboard.press("Tab");
  assert.ok(!(await code()), "and is left by the same key");
  assert.equal(await read.editor(), before);
  // Who has begun to type indents with it.
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("#");
  await page.keyboard.press("Tab");
  assert.ok(await code());
  assert.match(await read.editor(), /^ {2}#/);
});

scene("a long line is broken and goes on below its text, or not", {}, async (page) => {
  await page.getByTestId("editor").click();
  await page.locator(".cm-content").waitFor();
  const tall = () => page.locator(".cm-line", { hasText: "until nslookup myservice" }).evaluate((e) => e.getBoundingClientRect().height);
  const wide = () => page.locator(".cm-scroller").evaluate((e) => e.scrollWidth - e.clientWidth);
  assert.ok((await tall()) > 30 && (await wide()) <= 1);
  await page.keyboard.press("Alt+z");
  assert.ok((await tall()) < 30 && (await wide()) > 50);
});

scene("a near miss is put right by a press, and what the server would say next is said with it", {}, async (page, read) => {
  await read.type("apiVersion: v1\nkind: Pod\nmetadata: {name: near}\nspec:\n  restartPolicy: Allways\n  containers:\n  - {name: a, imagee: 'nginx:1.27'}\n");
  const fix = (name) => page.getByRole("button", { name: `Put right: → ${name}` });
  await fix("image").waitFor();
  await fix("Always").click();
  await fix("image").click();
  await page.locator(".strip .name", { hasText: "near" }).waitFor();
  assert.match(await read.editor(), /restartPolicy: Always\n[\s\S]*image: 'nginx/);
  assert.equal(await page.locator(".problem").count(), 0);
});

scene("lines are broken or not as the reader chooses, also where the browser keeps nothing", {}, async (page, read, { browser, site }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } }));
  const { page: strict } = await visit(browser, site.url, { context });
  await strict.keyboard.press("Escape");
  await strict.getByTestId("editor").click();
  const tall = () => strict.locator(".cm-line", { hasText: "until nslookup myservice" }).evaluate((e) => e.getBoundingClientRect().height);
  await strict.locator(".cm-line").first().waitFor();
  assert.ok((await tall()) > 30);
  await strict.keyboard.press("Alt+z");
  assert.ok((await tall()) < 30);
  await strict.keyboard.press("Alt+z");
  assert.ok((await tall()) > 30, "and on again");
  await context.close();
});
