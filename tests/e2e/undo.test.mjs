// One history over both texts and all clicks: what came last is taken back first, from wherever.
import assert from "node:assert/strict";
import { DESKTOP, PHONE } from "./harness.mjs";
import { scene } from "./scene.mjs";

const POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: first\nspec:\n  containers:\n  - {name: main, image: 'busybox:1.28', command: [sleep, '60']}\n";
const open = async (page) => (await page.locator(".left [role=tab][aria-selected=true]").innerText()).trim();
const kill = async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("m");
  await page.locator("button.label", { hasText: "main" }).click();
  await page.getByTestId("faults").getByRole("button", { name: "Kill it now" }).click();
  await page.locator(".chip").first().waitFor();
};
const named = (page, name) => page.locator(".strip .name", { hasText: name }).waitFor();

for (const where of ["the editor", "the ruler"]) {
  scene(`undo and redo go through typing and clicks in their order, from ${where}`, {}, async (page, read) => {
    const back = async (keys) => {
      await (where === "the editor" ? page.locator(".cm-content") : page.locator(".ruler")).focus();
      await page.keyboard.press(keys);
    };
    await read.type(POD);
    await named(page, "first");
    await kill(page);
    // Typed where the last change of this text ended, and still a change of its own.
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("# typed");
    await back("Control+z");
    assert.doesNotMatch(await read.editor(), /# typed/);
    assert.equal(await page.locator(".chip").count(), 1);
    await back("Control+z");
    await page.locator(".chip").waitFor({ state: "detached" });
    assert.equal(await open(page), "Scenario", "what was undone is shown");
    await page.getByRole("status").getByText("Undone in the Scenario").waitFor();
    assert.equal((await read.editor()).trim(), "");
    await back("Control+z");
    await named(page, "myapp-pod");
    assert.equal(await open(page), "Pod");
    await back("Control+y");
    await named(page, "first");
    await back("Control+Shift+z");
    await page.locator(".chip").waitFor();
    await back("Control+y");
    assert.match(await read.editor(), /# typed/);
    // A new change ends what could be redone, in both texts.
    await back("Control+z");
    await back("Control+z");
    await read.tab("Pod");
    await page.locator(".cm-content").focus();
    await page.keyboard.insertText("# new");
    await back("Control+y");
    assert.equal(await page.locator(".chip").count(), 0);
  });
}

scene("an example is opened, and taken back, in one step", {}, async (page, read) => {
  await read.type(POD);
  await page.getByTestId("gallery").click();
  await page.getByTestId("deletion").click();
  await page.locator(".strip .name", { hasText: "first" }).waitFor({ state: "detached" });
  await page.locator(".ruler").focus();
  await page.keyboard.press("Control+z");
  await named(page, "first");
  await read.tab("Scenario");
  assert.equal((await read.editor()).trim(), "");
});

for (const viewport of [DESKTOP, PHONE]) {
  scene(`a fault taken back on the timeline says so, ${viewport.width} px`, { viewport }, async (page, read) => {
    await read.type(POD);
    if (viewport === PHONE) await page.locator(".switch button").nth(1).click();
    await kill(page);
    await page.locator(".ruler").focus();
    await page.keyboard.press("Control+z");
    await page.locator(".chip").waitFor({ state: "detached" });
    await page.getByRole("status").getByText("Undone in the Scenario").waitFor();
    await named(page, "first");
  });
}

const WORLD = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  actions:\n  - {at: 20s, killContainer: {name: main, signal: 9}}\n  - {at: 50s, killContainer: {name: main, signal: 9}}\n";

scene("a fault is written at its place in a text that is refused and has moved on", {}, async (page, read) => {
  await read.type(`${POD}---\n${WORLD}`);
  await named(page, "first");
  await page.locator(".chip").first().waitFor();
  const refused = `# one\n# two\n# three\n${POD}    imagee: x\n`;
  await read.type(`${refused}---\n${WORLD}`);
  await page.locator("[data-behind]").waitFor();
  await page.locator("button.label", { hasText: "first" }).click();
  await page.getByTestId("faults").getByRole("button", { name: "Delete the Pod" }).click();
  await page.locator(".cm-content", { hasText: "deletePod" }).waitFor();
  const [pod, scenario] = (await read.editor()).split("---\n");
  assert.equal(pod, refused);
  assert.ok(scenario.startsWith("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\n"), scenario);
});

scene("nothing is taken back from a text that has moved on without its run", {}, async (page, read) => {
  await read.type(`${POD}---\n${WORLD}`);
  await page.locator(".chip").first().waitFor();
  const moved = `${POD}    imagee: x\n---\n${WORLD.replace(/.*at: 20s.*\n/, "")}`;
  await read.type(moved);
  await page.locator("[data-behind]").waitFor();
  const chips = page.locator(".chip .off");
  assert.ok((await chips.count()) > 0);
  await chips.first().evaluate((e) => e.click());
  await page.getByRole("status").getByText("fix them first").waitFor();
  assert.equal((await read.editor()).trim(), moved.trim());
});
