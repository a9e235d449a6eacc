// Nothing typed is lost: drafts survive a reload and a second tab, and are renamed, duplicated and deleted.
import assert from "node:assert/strict";
import { reader, visit } from "./harness.mjs";
import { scene } from "./scene.mjs";

const pod = (name) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - {name: main, image: 'busybox:1.28', command: [sleep, '60']}\n`;
const list = (page) => page.locator("[data-testid=draft-list] input").evaluateAll((all) => all.map((i) => i.value));
const drafts = async (page) => {
  await page.getByTestId("drafts").click();
  await page.getByTestId("draft-list").waitFor({ state: "attached" });
};

scene("a draft is made by typing, renamed, duplicated, opened and deleted", {}, async (page, read) => {
  await drafts(page);
  assert.deepEqual(await list(page), [], "an untouched example is no draft");
  await page.keyboard.press("Escape");
  await read.type(pod("alpha"));
  await drafts(page);
  assert.deepEqual(await list(page), ["alpha"]);
  await page.getByTestId("draft-new").click();
  await read.type(pod("beta"));
  await drafts(page);
  assert.deepEqual((await list(page)).sort(), ["alpha", "beta"]);
  const alpha = () => page.locator("[data-testid=draft-list] li", { has: page.locator("input[value=alpha]") });
  await alpha().getByRole("button", { name: "Duplicate" }).click();
  assert.equal((await list(page)).length, 3);
  await alpha().locator("input").fill("my alpha");
  await alpha().locator("input").press("Tab");
  await alpha().getByRole("button", { name: "Open" }).click();
  await page.locator(".strip .name", { hasText: "alpha" }).waitFor();
  await page.getByTestId("drafts").getByText("my alpha").waitFor();
  await drafts(page);
  const copy = page.locator("[data-testid=draft-list] li", { has: page.locator("input[value='alpha 2']") });
  await copy.getByRole("button", { name: "Delete" }).click();
  await copy.getByRole("button", { name: "Delete?" }).click();
  assert.deepEqual((await list(page)).sort(), ["beta", "my alpha"]);
});

scene("text, scenario and playhead survive a reload and the closing of the tab", {}, async (page, read, { context, site, browser }) => {
  await read.type(pod("kept"));
  await page.locator(".ruler").focus();
  await page.keyboard.press("m");
  const at = await read.clock();
  await page.reload();
  await page.locator(".strip .name", { hasText: "kept" }).waitFor();
  assert.equal(await read.clock(), at);
  await page.close();
  const again = await visit(browser, site.url, { context });
  await again.page.locator(".strip .name", { hasText: "kept" }).waitFor();
  assert.equal(await reader(again.page).clock(), at);
});

scene("what two tabs type into one text becomes two drafts", {}, async (page, read, { context, site, browser }) => {
  await read.type(pod("first"));
  // The draft is written a quarter of a second after the last key.
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith("podlapse/draft/")));
  const second = await visit(browser, site.url, { context });
  await second.page.locator(".strip .name", { hasText: "first" }).waitFor();
  await reader(second.page).type(pod("second"));
  await page.waitForFunction(() => Object.values(localStorage).some((text) => text.includes("name: second")));
  await read.type(pod("first-again"));
  await drafts(page);
  assert.deepEqual((await list(page)).sort(), ["first-again", "second"]);
  await second.page.close();
});

scene("opening an example leaves the draft as it was", {}, async (page, read) => {
  await read.type(pod("mine"));
  await page.getByTestId("gallery").click();
  await page.getByTestId("crash-loop").click();
  await page.locator(".strip .name", { hasText: "crash-loop" }).waitFor();
  await drafts(page);
  assert.deepEqual(await list(page), ["mine"]);
});

scene("a draft is called as its Pod is, however that is written", {}, async (page, read) => {
  const spec = "spec: {containers: [{name: app, image: 'nginx:1.27'}]}";
  for (const [text, name] of [
    [`apiVersion: v1\nkind: Pod\nmetadata: {name: stuck}\n${spec}\n`, "stuck"],
    [`apiVersion: v1\nkind: Pod\n${spec}\nmetadata:\n  labels: {name: other}\n  name: "late"\n`, "late"],
    ['{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]}, "metadata": {"name": "json"}}', "json"],
    // What does not run is called by what can be made out.
    [`apiVersion: v1\nkind: Pod\nmetadata: {name: broken}\nspec: {containers: [{name: app\n`, "broken"],
  ]) {
    await read.type(text);
    await page.locator(".draft-name", { hasText: new RegExp(`^${name}$`) }).waitFor();
    await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith("podlapse/draft/")));
  }
  await page.waitForTimeout(500);
  await drafts(page);
  assert.ok((await list(page)).every((name) => name !== "app" && name !== "untitled"));
});
