// Nothing lies upon what one needs: low windows (200 % zoom), the phone, cards, chips and marks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PHONE } from "./harness.mjs";
import { scene } from "./scene.mjs";

const CRASH = readFileSync("src/app/examples/crash-loop.yaml", "utf8");
const box = (locator) => locator.evaluate((e) => (({ left, top, right, bottom }) => ({ left, top, right, bottom }))(e.getBoundingClientRect()));
const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
/** Whether a press on the middle of an element reaches it. */
const reachable = (locator) => locator.evaluate((e) => {
  const { left, top, width, height } = e.getBoundingClientRect();
  return e.contains(document.elementFromPoint(left + width / 2, top + height / 2));
});
const watch = async (page) => {
  const button = page.locator(".switch button").nth(1);
  if (await button.isVisible()) await button.click();
  await page.getByTestId("play").waitFor();
  await page.locator(".segment").first().waitFor({ state: "attached" });
};

for (const [width, height, least] of [[720, 450, 200], [640, 360, 150], [844, 390, 180], [1024, 420, 200]]) {
  scene(`a window of ${width} x ${height} has all of it within reach`, { viewport: { width, height }, deviceScaleFactor: 2 }, async (page) => {
    await watch(page);
    const run = page.locator(".right");
    const frame = await box(run);
    const seen = async (selector) => {
      await page.locator(selector).evaluate((e) => e.scrollIntoView({ block: "start" }));
      const [mine, transport] = [await box(page.locator(selector)), await box(page.locator(".transport"))];
      if (selector === ".strip") return Math.min(mine.bottom, frame.bottom) - Math.max(mine.top, frame.top);
      const [top, bottom] = transport.top > height / 2 ? [frame.top, transport.top] : [transport.bottom, frame.bottom];
      return Math.min(mine.bottom, bottom) - Math.max(mine.top, top);
    };
    for (const part of [".strip", "#timeline", ".panels"]) {
      assert.ok((await seen(part)) > 40, part);
      assert.ok(await reachable(page.getByTestId("play")), `Play, while ${part} is seen`);
      for (const button of await page.locator(".switch button:visible").all()) assert.ok(await reachable(button));
    }
    assert.ok((await seen("#timeline")) >= least, `the timeline has ${await seen("#timeline")} px`);
    assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth), 0);
  });
}

scene("on a phone no card of the tour lies on what it is about", { viewport: PHONE, tour: true }, async (page) => {
  const card = page.getByTestId("tour");
  await card.waitFor();
  for (const part of [".left", ".strip", ".transport", ".canvas", ".panels"]) {
    await page.locator(".ring").waitFor();
    await page.waitForTimeout(100);
    if (part !== ".left") assert.ok(!meet(await box(card), await box(page.locator(part))), part);
    await page.getByTestId("tour-next").click();
  }
});

scene("on a phone the card of an attempt leaves the clock and the tabs free, and goes with the next thing", { viewport: PHONE }, async (page) => {
  await watch(page);
  const card = page.getByTestId("card");
  for (const bar of [page.locator(".segment.s-ok .shape").first(), page.locator(".segment.s-ok .shape").last()]) {
    const { x, y, width, height } = await bar.boundingBox();
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    await card.waitFor();
    for (const part of [".transport", ".panels .tabs", ".strip"]) assert.ok(!meet(await box(card), await box(page.locator(part))), part);
  }
  await page.getByRole("tab", { name: "Logs" }).click();
  await card.waitFor({ state: "detached" });
});

scene("on the desktop a pinned card leaves the tabs and the transport free", {}, async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  const { x, y, width, height } = await page.locator(".segment.s-running .shape, .segment.s-ok .shape").last().boundingBox();
  await page.mouse.click(x + Math.min(width / 2, 20), y + height / 2);
  const card = page.getByTestId("card");
  await page.waitForTimeout(100);
  for (const part of [".transport", ".panels .tabs"]) assert.ok(!meet(await box(card), await box(page.locator(part))), part);
});

scene("on a phone the longest STATUS leaves room for AGE", { viewport: PHONE }, async (page, read) => {
  await read.type(CRASH);
  await watch(page);
  await page.locator(".ruler").focus();
  for (let i = 0; i < 80 && (await read.status()) !== "Init:CrashLoopBackOff"; i += 1) await page.keyboard.press("ArrowRight");
  assert.equal(await read.status(), "Init:CrashLoopBackOff");
  const cells = await page.locator(".strip td").evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right]));
  assert.ok(cells.at(-1)[1] <= PHONE.width - 8, JSON.stringify(cells));
  assert.ok(cells[0][1] - cells[0][0] > 24, "something of the name is left");
});

scene("on a phone an example opens on its timeline", { viewport: PHONE }, async (page) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId("crash-loop").click();
  await page.getByTestId("play").waitFor();
  await page.locator(".strip .name", { hasText: "crash-loop" }).waitFor();
});

for (const viewport of [undefined, PHONE]) {
  scene(`chips say what they are in few words, on no label and on no other chip, ${viewport ? "phone" : "desktop"}`, { viewport }, async (page, read) => {
    await read.tab("Scenario");
    await read.type(`apiVersion: podlapse.dev/v1alpha1
kind: Scenario
spec:
  containers:
  - name: init-myservice
    faults:
    - {attempts: "1-3", exit: {code: 1, after: 2s}}
  - name: myapp-container
    faults:
    - {attempts: "1", oomKilled: {after: 1s}}
  actions:
  - {at: 60s, killContainer: {name: myapp-container, signal: 9}}
  - {at: 61s, killContainer: {name: myapp-container, signal: 9}}
  - {at: 90s, deletePod: {}}
`);
    await watch(page);
    await page.locator(".chip", { hasText: "fails, attempts 1–3" }).waitFor();
    await page.locator(".chip", { hasText: "deleted at 1m30s" }).waitFor();
    assert.ok(await page.locator(".chip", { hasText: /\+\d/ }).count(), "those that would cover each other are one");
    const what = page.locator(".chip .what", { hasText: "fails, attempts 1–3" });
    assert.match(await what.getAttribute("title"), /attempts: "1-3", exit: \{code: 1, after: 2s\}/);
    assert.match(await what.getAttribute("aria-label"), /attempts: "1-3"/);
    const boxes = (selector) => page.locator(selector).evaluateAll((all) => all.map((e) => (({ left, top, right, bottom }) => ({ left, top, right, bottom }))(e.getBoundingClientRect())));
    const [chips, labels] = [await boxes(".chip"), await boxes(".canvas .bar-text, .canvas .segment .shape")];
    for (const [i, chip] of chips.entries()) {
      for (const label of labels) assert.ok(!meet(chip, label), JSON.stringify([chip, label]));
      for (const other of chips.slice(i + 1)) assert.ok(!meet(chip, other), JSON.stringify([chip, other]));
    }
  });
}

const mains = (n) => `apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n${Array.from({ length: n }, (_, i) => `  - {name: web-${i}, image: 'nginx:1.27'}`).join("\n")}\n`;

for (const [n, words] of [[2, /2 main containers start|web-\d starts/], [50, /⚑ 50 main containers start/], [300, /⚑ 300 main containers start/]]) {
  scene(`${n} main containers share their mark, and End shows where they are`, {}, async (page, read) => {
    await read.type(mains(n));
    await page.locator(".strip .name", { hasText: "many" }).waitFor();
    await page.locator(".ruler").focus();
    await page.keyboard.press("End");
    const marks = page.locator(".ruler .mark-text");
    await marks.filter({ hasText: words }).first().waitFor({ state: "attached" });
    for (const text of await marks.allTextContents()) assert.ok((text.match(/⚑/g) ?? []).length <= 1, text);
    assert.ok((await page.locator(".ruler .mark-line").count()) <= 4, "no line for each of them");
    const frame = await box(page.locator(".ruler"));
    for (const mark of await marks.all()) {
      const { left, right } = await box(mark);
      assert.ok(left >= frame.left - 1 && right <= frame.right + 1, `${await mark.textContent()} is cut`);
    }
    const seen = await page.locator(".label", { hasText: "web-" }).evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => [e.innerText, e.getBoundingClientRect().top]));
    assert.ok(seen.some(([text]) => /running/.test(text)), JSON.stringify(seen));
  });
}

scene("on a phone the difference of two runs stands under each other, whole, and the legend has its textures", { viewport: PHONE }, async (page) => {
  await page.getByRole("button", { name: "Help" }).click();
  const textures = page.locator("#dots");
  await textures.waitFor({ state: "attached" });
  assert.ok(await textures.evaluate((e) => e.ownerSVGElement.getClientRects().length > 0), "a texture that is not shown is not drawn");
  await page.keyboard.press("Escape");
  await watch(page);
  await page.getByTestId("more-controls").click();
  await page.getByTestId("keep").click();
  await page.locator("button.label", { hasText: "init-mydb" }).click();
  await page.getByTestId("fault-fail").click();
  const compare = page.getByTestId("compare");
  await compare.locator("table").waitFor();
  assert.ok((await box(compare.locator(".words"))).bottom <= (await box(compare.locator("table"))).top + 1);
  assert.ok(await compare.evaluate((e) => e.scrollHeight <= e.clientHeight + 1), "nothing of it is cut");
});

scene("on a phone what never comes takes no room of its own, and a long moment does not touch its event", { viewport: PHONE }, async (page) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId("crash-loop").click();
  await page.getByTestId("headline").filter({ hasText: "never starts" }).waitFor();
  assert.ok(!(await page.locator(".milestones").isVisible()));
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  const row = page.locator(".table.events tr", { hasText: "BackOff" }).first();
  await row.waitFor();
  assert.ok((await box(row.locator(".time button"))).right + 6 <= (await box(row.locator(".glyph"))).left);
});
