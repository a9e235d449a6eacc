// Pictures of the built page: all of test-results/shots to look at, and the ones that the README shows.
import { mkdirSync } from "node:fs";
import { DESKTOP, PHONE, launch, serve, visit } from "./harness.mjs";

const out = "test-results/shots";
mkdirSync(out, { recursive: true });
mkdirSync("docs", { recursive: true });
const site = await serve();
const browser = await launch();
const shot = async (name, viewport, colorScheme, prepare, query = "") => {
  const { page, context, faults } = await visit(browser, site.url + query, { viewport, colorScheme });
  await prepare?.(page);
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${out}/${name}.png` });
  if (/^(desktop|phone)-(light|dark)$/.test(name)) await page.screenshot({ path: `docs/${name}.png` });
  if (faults.length) console.error(name, faults);
  await context.close();
};
const midway = async (page) => {
  for (let i = 0; i < 12; i += 1) await page.keyboard.press("ArrowRight");
  // Into the run that has just begun.
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("Shift+ArrowRight");
};
const watch = async (page) => {
  await page.locator(".switch button").nth(1).click();
  await page.evaluate(() => document.activeElement.blur());
  await midway(page);
};
for (const scheme of ["light", "dark"]) {
  await shot(`desktop-${scheme}`, DESKTOP, scheme, midway);
  await shot(`desktop-end-${scheme}`, DESKTOP, scheme, (page) => page.keyboard.press("End"));
  await shot(`phone-${scheme}`, PHONE, scheme, watch);
}
await shot("phone-edit", PHONE, "light");
await shot("help", DESKTOP, "light", (page) => page.keyboard.press("?"));
await shot("gallery", DESKTOP, "dark", (page) => page.getByTestId("gallery").click());
await shot("crash-loop", DESKTOP, "light", async (page) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId("crash-loop").click();
  for (let i = 0; i < 20; i += 1) await page.keyboard.press("ArrowRight");
});
await shot("fault", DESKTOP, "light", (page) => page.locator("button.label").first().click());
await shot("embed", { width: 800, height: 420 }, "dark", midway, "?embed&autoplay=0");
await shot("korean", DESKTOP, "light", midway, "?lang=ko");
await browser.close();
site.stop();
