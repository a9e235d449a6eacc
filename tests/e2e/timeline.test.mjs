// The timeline and the transport, by mouse, touch and keyboard; faults where one looks; comparing, predicting, the tour.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PHONE } from "./harness.mjs";
import { scene } from "./scene.mjs";

const CRASH = readFileSync("src/app/examples/crash-loop.yaml", "utf8");

/** The names of the ticks of the ruler. */
const ticks = (page) => page.locator(".ruler svg text:not(.skipped):not(.mark-text)").allTextContents();
const lane = (page, name) => page.locator(".label", { hasText: name });

/** The menu of a lane, at the playhead. */
async function faults(page, name) {
  await lane(page, name).click();
  await page.getByTestId("faults").waitFor();
}

scene("every lane reads out what it shows at the moment", {}, async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  assert.match(await lane(page, "init-mydb").innerText(), /waits/);
  // While it runs, nothing is told of its end.
  for (let i = 0; i < 30 && !/running/.test(await lane(page, "init-mydb").innerText()); i += 1) await page.keyboard.press("ArrowRight");
  assert.match(await lane(page, "init-mydb").innerText(), /running/);
  assert.doesNotMatch(await lane(page, "init-mydb").innerText(), /exit/);
  await page.keyboard.press("End");
  assert.match(await lane(page, "init-mydb").innerText(), /exit 0/);
  assert.match(await lane(page, "myapp-pod").innerText(), /Running/);
  // The pointer reads out other moments without moving the playhead.
  const canvas = await page.locator(".canvas").boundingBox();
  await page.mouse.move(canvas.x + 2, canvas.y + 60);
  assert.match(await lane(page, "init-mydb").innerText(), /waits/);
  await page.locator(".cross.on").waitFor({ state: "attached" });
});

scene("zoom and pan by keys, wheel and drag stay within the run", {}, async (page, read) => {
  const whole = await ticks(page);
  await page.locator(".ruler").focus();
  for (let i = 0; i < 6; i += 1) await page.keyboard.press("+");
  const near = await ticks(page);
  assert.notDeepEqual(near, whole);
  await page.keyboard.press("0");
  assert.deepEqual(await ticks(page), whole);
  for (let i = 0; i < 6; i += 1) await page.keyboard.press("-");
  assert.deepEqual(await ticks(page), whole, "nothing lies beyond the run");
  const canvas = await page.locator(".canvas").boundingBox();
  await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + 60);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -400);
  await page.keyboard.up("Control");
  const wheeled = await ticks(page);
  assert.notDeepEqual(wheeled, whole);
  const before = await read.clock();
  await page.mouse.down();
  await page.mouse.move(canvas.x + canvas.width / 2 + 200, canvas.y + 60, { steps: 4 });
  await page.mouse.up();
  assert.notDeepEqual(await ticks(page), wheeled);
  assert.equal(await read.clock(), before, "a drag is no click");
});

scene("a crash loop of an hour opens on its first minutes, and steps go from change to change", {}, async (page, read) => {
  await read.type(CRASH);
  await page.locator(".s-back-off").first().waitFor({ state: "attached" });
  assert.match((await ticks(page)).at(-1), /^(2m\d*s?|3m)$/);
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  const seen = [];
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.press("ArrowRight");
    seen.push(await read.clock());
  }
  assert.equal(new Set(seen).size, 4);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await read.clock(), seen[2]);
});

scene("a click pins a card with numbers, and the whole page knows what is selected", {}, async (page) => {
  const bar = page.locator(".segment.s-running .shape, .segment.s-ok .shape").last();
  const box = await bar.boundingBox();
  await page.mouse.click(box.x + Math.min(box.width / 2, 20), box.y + box.height / 2);
  const card = page.getByTestId("card");
  assert.match(await card.innerText(), /\d+\.\ds – 1h0m0s \(59m\)/);
  await page.locator(".selected").waitFor({ state: "attached" });
  await page.getByTestId("inject-here").click();
  await page.getByTestId("faults").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("faults").waitFor({ state: "detached" });
});

scene("a fault and an action become chips and text; the chip and Ctrl-Z take them back", {}, async (page, read) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  await faults(page, "myapp-pod");
  await page.getByTestId("act-delete").click();
  await page.locator(".chip", { hasText: "deleted at" }).waitFor();
  await read.tab("Scenario");
  assert.match(await read.editor(), /actions:\s+- \{at: [\dms.]+, deletePod: \{\}\}/);
  await page.locator(".chip").hover();
  await page.locator(".chip .off").click();
  await page.locator(".chip").waitFor({ state: "detached" });
  assert.doesNotMatch(await read.editor(), /deletePod/);
  // Outside of the editor too, and with the other tab open.
  await read.tab("Pod");
  await page.locator(".ruler").focus();
  await page.keyboard.press("Control+z");
  await page.locator(".chip", { hasText: "deleted at" }).waitFor();
  await page.keyboard.press("Control+Shift+z");
  await page.locator(".chip").waitFor({ state: "detached" });
});

scene("by the menu of the keyboard: a container is killed at the playhead", {}, async (page, read) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  await lane(page, "myapp-container").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("act-kill").focus();
  await page.keyboard.press("Enter");
  await page.locator(".chip .what[aria-label*=killContainer]").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest(".label")?.innerText.includes("myapp-container")), true, "the focus is back at its lane");
  await page.keyboard.press("End");
  assert.match(await page.locator(".strip .restarts").innerText(), /^1/);
  assert.ok(read);
});

scene("a run that is kept is compared in words, with ghosts on the lanes", {}, async (page) => {
  await page.getByTestId("keep").click();
  await page.getByTestId("compare").waitFor();
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await faults(page, "init-myservice");
  await page.getByTestId("fault-fail").click();
  await page.locator(".ghost").first().waitFor({ state: "attached" });
  assert.match(await page.getByTestId("compare").innerText(), /later[\s\S]*init-myservice/);
});

scene("who keeps the run of a first visit keeps the same run when the engine has come", {}, async (page, read) => {
  await page.getByTestId("keep").click();
  await read.panel("Describe");
  await page.getByTestId("describe").getByText("Init Containers:").waitFor();
  assert.match(await page.getByTestId("compare").innerText(), /This run is kept/);
});

scene("a service that is not there yet can be made to come, and once it is there to go", {}, async (page, read) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await faults(page, /^mydb/);
  await page.getByRole("button", { name: "mydb comes now" }).click();
  await read.tab("Scenario");
  await page.locator(".cm-content").getByText("name: mydb, availableAt: 0s").waitFor();
  await page.keyboard.press("Escape");
  await faults(page, /^myservice/);
  assert.equal(await page.getByRole("button", { name: "myservice goes away" }).count(), 0);
  await page.keyboard.press("Escape");
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  await faults(page, /^myservice/);
  await page.getByRole("button", { name: "myservice goes away" }).click();
  await page.locator(".cm-content").getByText("unavailableAt").waitFor();
});

const READY = `apiVersion: v1
kind: Pod
metadata: {name: slow}
spec:
  restartPolicy: Never
  containers:
  - name: web
    image: busybox:1.36
    command: [sh, -c, sleep 12]
    readinessProbe: {exec: {command: [sh, -c, 'test -f /tmp/r || { sleep 0.5; touch /tmp/r; exit 1; }']}, periodSeconds: 5}
`;

scene("a Pod that runs without being ready shows it, and one that has ended says so in its place", {}, async (page, read) => {
  await read.type(READY);
  await page.locator(".status-unready .bar-text", { hasText: "Running 0/1" }).waitFor({ state: "attached" });
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  assert.equal(await read.status(), "Completed");
  const [cell, strip] = await Promise.all([page.getByTestId("status"), page.locator(".strip")].map((l) => l.boundingBox()));
  assert.ok(cell.x > strip.x + 60 && cell.y > strip.y, "STATUS stands in its column");
});

scene("Fit shows the whole run, and then the view that one began with", {}, async (page, read) => {
  await read.type(READY.replace("Never", "Always").replace("sleep 12", "exit 1"));
  const view = () => page.locator(".map .view").evaluate((v) => v.getBoundingClientRect().width / v.parentElement.getBoundingClientRect().width);
  await page.locator(".ruler").focus();
  const first = await view();
  assert.ok(first < 0.2, "an hour of crashes begins with its first minutes");
  await page.keyboard.press("0");
  assert.ok((await view()) > 0.98);
  await page.keyboard.press("0");
  assert.ok(Math.abs((await view()) - first) < 0.01);
});

scene("what does not run cannot be killed, and a fault begins with a run that there is", {}, async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  await faults(page, "init-myservice");
  assert.equal(await page.getByTestId("act-kill").isDisabled(), true);
  assert.equal(await page.locator("input[name=from]").inputValue(), "1");
});

scene("predicting hides the run until the moment has come", {}, async (page, read) => {
  await page.getByTestId("predict-toggle").click();
  await page.locator("input[name=guess]").fill("26");
  assert.equal(await page.locator(".panels").isVisible(), false);
  assert.equal(await page.locator(".milestones").isVisible(), false);
  await page.getByTestId("guess").click();
  await page.getByTestId("verdict").waitFor({ timeout: 60_000 });
  assert.match(await page.getByTestId("verdict").innerText(), /You said 26\.0s\. main starts \d+\.\ds\./);
  assert.equal(await page.locator(".panels").isVisible(), true);
  assert.ok(read);
});

scene("a stretch is repeated until one says stop", { reducedMotion: "no-preference" }, async (page, read) => {
  await page.keyboard.press("Home");
  const ruler = await page.locator(".ruler").boundingBox();
  await page.keyboard.down("Shift");
  await page.mouse.move(ruler.x + 30, ruler.y + 10);
  await page.mouse.down();
  await page.mouse.move(ruler.x + 90, ruler.y + 10, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.locator(".band").waitFor();
  await page.locator("select[aria-label=Speed]").selectOption("100");
  await page.getByTestId("play").click();
  await page.waitForTimeout(1500);
  await page.getByRole("button", { name: "Pause" }).waitFor();
  assert.notEqual(await read.status(), "Running", "it never leaves the stretch");
  await page.getByTestId("loop").click();
  await page.locator(".band").waitFor({ state: "detached" });
});

scene("the tour greets once, can be left, and comes back from the help", { tour: true }, async (page) => {
  const tour = page.getByTestId("tour");
  await tour.waitFor();
  for (let i = 0; i < 2; i += 1) await page.getByTestId("tour-next").click();
  assert.match(await tour.innerText(), /^3 \/ 5/);
  await page.getByTestId("tour-skip").click();
  await tour.waitFor({ state: "detached" });
  await page.reload();
  await page.locator(".segment").first().waitFor({ state: "attached" });
  assert.equal(await tour.count(), 0);
  await page.keyboard.press("?");
  await page.getByTestId("tour-again").click();
  await tour.waitFor();
});

scene("on a phone a finger seeks, opens the faults and two fingers zoom", { viewport: PHONE }, async (page, read) => {
  await page.locator(".switch button").nth(1).click();
  const before = await read.clock();
  const canvas = await page.locator(".canvas").boundingBox();
  await page.touchscreen.tap(canvas.x + canvas.width * 0.6, canvas.y + 20);
  assert.notEqual(await read.clock(), before);
  const whole = await ticks(page);
  const touch = await page.context().newCDPSession(page);
  const points = (a, b) => [{ x: canvas.x + a, y: canvas.y + 60, id: 1 }, { x: canvas.x + b, y: canvas.y + 60, id: 2 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points(100, 140) });
  for (const d of [10, 20, 40, 60]) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(100 - d, 140 + d) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  assert.notDeepEqual(await ticks(page), whole);
});

const many = (n) => {
  const inits = Array.from({ length: n }, (_, i) => `  - {name: init-${i}, image: 'busybox:1.28', command: [sh, -c, 'sleep 0.1']}`).join("\n");
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  initContainers:\n${inits}\n  containers:\n  - {name: app, image: 'nginx:1.27'}\n`;
};

scene("of a thousand lanes those in view exist, wherever one scrolls", {}, async (page, read) => {
  await read.type(many(1000));
  await page.locator(".labels").getByText("init-0", { exact: true }).waitFor();
  const nodes = () => page.evaluate(() => document.querySelectorAll(".timeline *").length);
  assert.ok((await nodes()) < 2000, `${await nodes()} elements`);
  const timeline = page.locator("#timeline");
  await timeline.evaluate((t) => t.scrollTo(0, t.scrollHeight / 2));
  await page.locator(".labels").getByText("init-500", { exact: true }).waitFor();
  assert.equal(await page.locator(".labels").getByText("init-0", { exact: true }).count(), 0);
  assert.ok((await nodes()) < 2000, `${await nodes()} elements`);
  // A lane's label, its picture and what a click finds there are the same lane.
  const label = page.locator(".labels li", { hasText: "init-500" });
  await label.evaluate((l) => l.scrollIntoView({ block: "center" }));
  const box = await label.boundingBox();
  const canvas = await page.locator(".canvas").boundingBox();
  await page.mouse.click(canvas.x + canvas.width / 2, box.y + box.height / 2, { button: "right" });
  assert.match(await page.getByTestId("faults").innerText(), /^init-500\b/);
  assert.equal(await label.getAttribute("aria-setsize"), "1003", "the Pod, its sandbox and 1,001 containers");
});

scene("a key that changes nothing of the run touches nothing of the timeline", {}, async (page) => {
  await page.locator(".segment").first().waitFor({ state: "attached" });
  await page.evaluate(() => {
    globalThis.touched = [];
    new MutationObserver((records) => touched.push(...records.map((r) => `${r.type} ${r.target.outerHTML?.slice(0, 60)}`)))
      .observe(document.querySelector("#timeline"), { childList: true, attributes: true, characterData: true, subtree: true });
  });
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# a remark");
  await page.waitForTimeout(100);
  assert.deepEqual(await page.evaluate(() => touched), []);
});

scene("while time runs, nothing is laid out anew: only transforms, words and what changes", { reducedMotion: "no-preference" }, async (page, read) => {
  await read.type(many(300));
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await page.evaluate(() => {
    globalThis.made = 0;
    new MutationObserver((records) => { for (const r of records) made += r.addedNodes.length; })
      .observe(document.querySelector(".canvas > svg"), { childList: true, subtree: true });
  });
  await page.getByTestId("play").click();
  await page.waitForTimeout(700);
  await page.getByTestId("play").click();
  assert.notEqual(await read.clock(), "0.000s");
  assert.equal(await page.evaluate(() => made), 0, "the picture rests while the playhead moves");
});

scene("while time runs, the init container whose turn it is stays in sight", { reducedMotion: "no-preference" }, async (page, read) => {
  await read.type(many(60));
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await page.locator("select[aria-label=Speed]").selectOption("10");
  await page.getByTestId("play").click();
  await page.waitForFunction(() => document.querySelector("#timeline").scrollTop > 300, undefined, { timeout: 20_000 });
  await page.getByTestId("play").click();
  await page.locator(".labels .label", { hasText: /running|exit 0/ }).first().waitFor();
});

scene("what is to be predicted cannot be reached by scrubbing", {}, async (page, read) => {
  await page.getByTestId("predict-toggle").click();
  await page.locator(".ruler").focus();
  for (const key of ["End", "ArrowRight", "m", "PageDown", " "]) await page.keyboard.press(key);
  const ruler = await page.locator(".ruler").boundingBox();
  await page.mouse.click(ruler.x + ruler.width * 0.7, ruler.y + 10);
  assert.equal(await read.clock(), "0.000s");
  await page.getByTestId("predict").getByRole("button", { name: "Close" }).click();
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  assert.notEqual(await read.clock(), "0.000s");
});

scene("on a phone: the rarer controls have a row, and what is touched is large enough", { viewport: PHONE }, async (page, read) => {
  await page.locator(".switch button").nth(1).click();
  const predict = page.getByTestId("predict-toggle");
  assert.equal(await predict.isVisible(), false);
  await page.getByTestId("more-controls").tap();
  await page.getByTestId("loop").waitFor({ state: "visible" });
  await predict.tap();
  await page.getByTestId("predict").waitFor();
  await page.getByTestId("predict").getByRole("button", { name: "Close" }).tap();
  const small = await page.evaluate(() => [...document.querySelectorAll(".transport .button, .label, .switch button")]
    .filter((e) => e.checkVisibility()).map((e) => [e.getAttribute("aria-label") ?? e.innerText, e.getBoundingClientRect().height])
    .filter(([, height]) => height < 34));
  assert.deepEqual(small, []);
});

scene("two runs that differ in their times alone are not called the same", {}, async (page, read) => {
  await page.getByTestId("keep").click();
  await read.tab("Scenario");
  await read.type("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec:\n  actions:\n  - {at: 40s, setCondition: {type: example.com/later, status: 'True'}}\n");
  await page.getByTestId("compare").getByText("not at the same times").waitFor();
});

scene("a lane is walked by keyboard: from shape to shape with its card, and Enter selects", {}, async (page, read) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  const before = await read.clock();
  await lane(page, "init-myservice").focus();
  const card = page.getByTestId("card");
  const seen = [];
  for (let i = 0; i < 5; i += 1) {
    await page.keyboard.press("ArrowRight");
    seen.push((await card.innerText()).split("\n")[0]);
  }
  assert.ok(new Set(seen).size >= 3, seen.join(" | "));
  assert.ok(seen.some((title) => /exit 0/.test(title)), seen.join(" | "));
  assert.match(await page.getByTestId("walked").textContent(), /Time/, "it is read out");
  assert.equal(await read.clock(), before, "the playhead stays");
  await page.keyboard.press("ArrowLeft");
  assert.equal((await card.innerText()).split("\n")[0], seen[3] === seen[4] ? seen[2] : seen[3]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.locator(".card-hint.pinned button:focus").waitFor();
  assert.notEqual(await read.clock(), before);
  await page.locator(".selected").waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.closest(".label")?.innerText.includes("init-myservice")), true);
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".label")?.innerText.includes("init-mydb")), true);
  // The sheet of keys says so, and how the editor is left.
  await page.keyboard.press("?");
  await page.locator("dialog[open] .keys").getByText("from shape to shape").waitFor();
  await page.locator("dialog[open] .keys").getByText("Leave the editor").waitFor();
});

scene("what was kept is named in the comparison, and goes when another Pod is opened", {}, async (page) => {
  await page.getByTestId("keep").click();
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  await faults(page, "init-myservice");
  await page.getByTestId("fault-fail").click();
  const compare = page.getByTestId("compare");
  await compare.getByRole("columnheader", { name: "kept" }).waitFor();
  await compare.getByText("thin strips").waitFor();
  await page.getByTestId("gallery").click();
  await page.getByTestId("crash-loop").click();
  await compare.waitFor({ state: "detached" });
});
