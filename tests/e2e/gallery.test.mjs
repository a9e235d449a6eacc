// The gallery: searched, walked by keyboard, opened by a press or by a link of its own.
import assert from "node:assert/strict";
import { visit } from "./harness.mjs";
import { scene } from "./scene.mjs";

scene("examples are searched and opened by keyboard", {}, async (page, read) => {
  await page.getByTestId("gallery").click();
  const cards = page.locator("dialog[open] .card");
  await cards.first().waitFor();
  assert.ok((await cards.count()) >= 16);
  await page.getByTestId("gallery-search").fill("sandbox");
  assert.ok((await cards.count()) < 8);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  assert.match(await read.editor(), /kind: Pod/);
  await page.getByTestId("gallery").click();
  await page.getByTestId("gallery-search").fill("no such words anywhere");
  await page.getByText("No example has these words").waitFor();
});

scene("every example has a link that opens it", {}, async (page, read, { browser }) => {
  await page.getByTestId("gallery").click();
  await page.locator("dialog[open] .card a").first().waitFor();
  const links = await page.locator("dialog[open] .card a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.equal(new Set(links).size, links.length);
  const other = await visit(browser, links.at(-1));
  await other.page.locator(".strip .name", { hasText: "initialized-stays" }).waitFor();
  assert.deepEqual(other.faults, []);
  await other.context.close();
});

scene("the gallery speaks Korean", { query: "?lang=ko" }, async (page) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId("gallery-search").fill("사이드카");
  await page.locator("dialog[open] .card").first().waitFor();
});

scene("what an example says of itself stays until a text is changed, or it is put away", {}, async (page, read) => {
  const told = page.getByTestId("told");
  for (const way of ["changed", "put away"]) {
    await page.getByTestId("gallery").click();
    await page.getByTestId("sandbox-loss").click();
    await told.getByText("The sandbox dies").waitFor();
    await told.getByText("a second time").waitFor();
    if (way === "changed") await read.type("kind: Pod\n");
    else await told.getByRole("button", { name: "Close" }).click();
    await told.waitFor({ state: "detached" });
  }
});
