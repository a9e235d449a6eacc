// The editor helps: it completes from the schema, explains under the pointer, and lists what is wrong in both tabs.
import assert from "node:assert/strict";
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
