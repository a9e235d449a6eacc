// What the run comes to stands where one looks first: when main starts and what takes so long, or what keeps it from starting.
import assert from "node:assert/strict";
import { DESKTOP, PHONE } from "./harness.mjs";
import { scene } from "./scene.mjs";

const FIRST = "myapp-container starts 22.9s after creation. 10s of that: init-mydb waits for the service mydb. The Pod is Ready after 22.9s.";
const example = async (page, id) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId(id).click();
};

for (const [name, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  scene(`the headline is seen without a press, ${name}`, { viewport }, async (page) => {
    await example(page, "crash-loop");
    const headline = page.getByTestId("headline");
    await headline.filter({ hasText: /^app never starts: migrate fails each time \(exit code 1, \d+ attempts\)\.$/ }).waitFor();
    const { x, y, width, height } = await headline.boundingBox();
    assert.ok(x >= 0 && x + width <= viewport.width && y + height <= (await page.locator(".timeline").boundingBox()).y);
    const cut = await headline.locator("span").evaluate((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight);
    assert.ok(!cut, "all of it is seen");
    await headline.click();
    await page.getByTestId("summary").filter({ hasText: "app never starts" }).waitFor();
  });
}

scene("the first picture has its headline before the engine comes, in both languages", {}, async (page) => {
  assert.equal(await page.getByTestId("headline").innerText(), FIRST);
  // Who only looks has touched nothing; by the keyboard the engine comes, and says the same.
  await page.keyboard.press("m");
  await page.waitForLoadState("networkidle");
  assert.equal(await page.getByTestId("headline").innerText(), FIRST);
  await page.getByRole("button", { name: "한국어" }).click();
  assert.match(await page.getByTestId("headline").innerText(), /^myapp-container 컨테이너는 생성 22\.9초 후에 시작됩니다\. 그중 10초 동안 init-mydb/);
});

scene("the headline rests while time runs, and no live region speaks of it", { reducedMotion: "no-preference" }, async (page) => {
  await example(page, "wait-for-services");
  await page.getByTestId("headline").filter({ hasText: FIRST }).waitFor();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  const changes = page.evaluate(() => new Promise((resolve) => {
    let n = 0;
    const watch = new MutationObserver((all) => (n += all.length));
    watch.observe(document.querySelector(".headline"), { subtree: true, childList: true, characterData: true, attributes: true });
    setTimeout(() => resolve(n), 700);
  }));
  assert.equal(await changes, 0);
  assert.equal(await page.getByTestId("headline").evaluate((e) => e.closest("[aria-live], [role=status]")), null);
});

scene("what is to be predicted is not told", {}, async (page) => {
  await page.getByTestId("predict-toggle").click();
  await page.locator("[data-guessing]").waitFor();
  assert.ok(!(await page.getByTestId("headline").isVisible()));
});
