// axe-core finds nothing, in both themes, on desktop and phone, with dialogs open.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, launch, serve, visit } from "./harness.mjs";

const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
let site, browser;
before(async () => {
  site = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function findings(page) {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [DESKTOP, PHONE]) {
    test(`axe finds nothing, ${colorScheme}, ${viewport.width} px`, async () => {
      const { page, context } = await visit(browser, site.url, { viewport, colorScheme });
      assert.deepEqual(await findings(page), []);
      if (viewport === PHONE) await page.locator(".switch button").nth(1).click();
      await page.keyboard.press("End");
      for (const name of ["Why", "Events", "What happens", "Logs", "Describe", "Status YAML", "Conditions", "kubectl", "Findings", "Assumptions"]) {
        await page.getByRole("tab", { name }).click();
        assert.deepEqual(await findings(page), [], name);
      }
      await page.getByTestId("gallery").click();
      assert.deepEqual(await findings(page), [], "gallery");
      await context.close();
    });
  }
}
