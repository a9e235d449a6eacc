// The tabs under the timeline: each says what is so at the playhead, and what is selected in one is lit everywhere.
import assert from "node:assert/strict";
import { scene } from "./scene.mjs";

const CRASH = `apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  initContainers:
  - name: migrate
    image: busybox:1.28
    command: [sh, -c, 'echo trying; echo refused >&2; exit 1']
  containers:
  - {name: app, image: 'nginx:1.27'}
`;
const open = async (page, name) => {
  await page.locator(".panels").getByRole("tab", { name }).click();
  await page.locator("#panel .coming").waitFor({ state: "detached" });
};
const end = async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
};
const home = async (page) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
};

scene("events grow with time, are counted, and light their entry on the timeline", {}, async (page, read) => {
  await read.type(CRASH);
  await open(page, "Events");
  await home(page);
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("ArrowRight");
  const few = await page.locator("[data-testid=events] tbody tr").count();
  await end(page);
  const many = await page.locator("[data-testid=events] tbody tr").count();
  assert.ok(many > few, `${few} then ${many}`);
  const backOff = page.locator("[data-testid=events] tr", { hasText: "BackOff" });
  assert.equal(await backOff.count(), 1, "one row for each event object");
  assert.match(await backOff.locator(".times").innerText(), /×\d+/);
  await backOff.getByRole("button", { name: "BackOff" }).click();
  await page.locator(".canvas .selected").first().waitFor({ state: "attached" });
  // The same entry is what Why explains.
  await open(page, "Why");
  assert.match(await page.getByTestId("chain").innerText(), /migrate/);
  const steps = page.locator("[data-testid=chain] .step");
  assert.ok((await steps.count()) > 2);
  const before = await read.clock();
  await steps.last().click();
  assert.notEqual(await read.clock(), before, "a step is a way to its moment");
  assert.equal(await read.clock(), "0.000s");
  await page.getByTestId("unselect").click();
  await page.locator(".canvas .selected").first().waitFor({ state: "detached" });
  assert.match(await page.getByTestId("why").innerText(), /migrate/);
});

scene("the status is YAML, and what the last version changed is marked", {}, async (page, read) => {
  await read.type(CRASH);
  await end(page);
  await open(page, "Status YAML");
  assert.match(await page.getByTestId("status-yaml").innerText(), /conditions:\s+- /);
  await page.locator(".yaml ins").first().waitFor();
  const version = () => page.locator(".bar-row .mono").innerText();
  const last = await version();
  await page.getByRole("button", { name: "Previous version of the status" }).click();
  assert.notEqual(await version(), last);
});

scene("logs have a container, a run, a stream and a moment; kubectl's refusal is kubectl's", {}, async (page, read) => {
  await read.type(CRASH);
  await end(page);
  await open(page, "Logs");
  await page.locator(".logs select").selectOption("migrate");
  assert.deepEqual(await page.locator(".log li").allInnerTexts().then((all) => all.map((l) => l.split(/\s+/).pop())), ["trying", "refused"]);
  assert.equal(await page.locator(".log li.err .stream").getAttribute("title"), "stderr");
  await page.getByRole("button", { name: "All", exact: true }).click();
  assert.ok((await page.locator(".log li").count()) > 2);
  await page.locator(".logs select").selectOption("app");
  await page.getByRole("button", { name: "Current" }).click();
  assert.match(await page.getByTestId("log-refusal").innerText(), /container "app" in pod "crash" is waiting to start: PodInitializing/);
});

scene("conditions over time: a stretch says why and leads to its beginning", {}, async (page, read) => {
  await end(page);
  await open(page, "Conditions");
  const ready = page.locator(".matrix-row", { hasText: "Ready" }).last().locator(".stretch");
  assert.ok((await ready.count()) >= 2);
  await ready.first().focus();
  assert.match(await page.locator(".pointed").innerText(), /^(Ready|ContainersReady): False · .*ContainersNotReady/);
  await ready.last().click();
  assert.match(await page.locator("[data-testid=conditions-now]").innerText(), /Ready\s+✓True/);
});

scene("kubectl answers a manifest in full, refusals too", {}, async (page, read) => {
  await read.type(CRASH);
  await open(page, "kubectl");
  assert.match(await page.getByTestId("kubectl-create").innerText(), /pod\/crash created$/);
  assert.match(await page.getByTestId("kubectl-get").innerText(), /NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/);
  await read.type(CRASH.replace("image: busybox:1.28", "imagee: busybox:1.28"));
  assert.match(await page.getByTestId("kubectl-create").innerText(), /^Error from server \(BadRequest\): .*strict decoding error: unknown field "spec.initContainers\[0\].imagee"/);
});

scene("to write down what was assumed changes nothing", {}, async (page) => {
  const starts = () => page.locator(".milestone b").first().innerText();
  const lanes = () => page.locator(".label b").allInnerTexts();
  const before = [await starts(), await lanes()];
  await open(page, "Assumptions");
  const service = page.locator(".assumptions li", { hasText: "service myservice" });
  await service.getByRole("button").click();
  await service.waitFor({ state: "detached" });
  assert.deepEqual([await starts(), await lanes()], before);
  await page.getByRole("button", { name: "한국어" }).click();
  await page.locator(".assumptions li", { hasText: "서비스 mydb" }).waitFor();
});

scene("why counts to the playhead, wherever it stands", {}, async (page) => {
  await open(page, "Why");
  await end(page);
  const said = async () => (await page.getByTestId("why").innerText()).match(/myapp-container has been running for ([\d.]+)s/);
  assert.ok(Number((await said())?.[1]) >= 1, "not since the last change alone");
});

scene("an assumption is made explicit: it becomes text in the scenario", {}, async (page, read) => {
  await open(page, "Assumptions");
  const service = page.locator(".assumptions li", { hasText: "service mydb" });
  await service.locator("input").fill("45");
  await service.getByRole("button", { name: "Write to the scenario" }).click();
  await service.waitFor({ state: "detached" });
  await read.tab("Scenario");
  assert.match(await read.editor(), /services:\s+- \{name: mydb, availableAt: 45s\}/);
  // Undo takes the decision back.
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+z");
  await service.waitFor();
});

scene("a finding leads to its place in the text", {}, async (page, read) => {
  await open(page, "Findings");
  const wait = page.locator(".findings .problem", { hasText: "without a time-out" }).first();
  const line = Number((await wait.locator(".place").innerText()).split(":").pop());
  await wait.click();
  // The script itself is selected, and its line is the one that the finding names.
  const active = page.locator(".cm-activeLineGutter:not(.cm-gutter-lint *)").filter({ hasText: /\d/ });
  assert.equal(Number(await active.innerText()), line);
  assert.match(await page.locator(".cm-activeLine").innerText(), /until nslookup myservice/);
});

scene("the run in words is the text alternative of the timeline", {}, async (page, read) => {
  await home(page);
  await open(page, "What happens");
  const rows = page.locator("[data-testid=story] tbody tr");
  assert.ok((await rows.count()) > 5);
  assert.ok((await page.locator("tr.ahead").count()) > 0);
  await end(page);
  assert.equal(await page.locator("tr.ahead").count(), 0);
  await rows.first().locator(".message").click();
  await page.locator(".canvas .selected").first().waitFor({ state: "attached" });
});

scene("the tabs are walked by keyboard and stay where they were after a reload", {}, async (page) => {
  await page.locator(".panels").getByRole("tab", { name: "Why" }).click();
  for (const key of ["ArrowRight", "End", "ArrowLeft", "Home", "ArrowLeft"]) await page.keyboard.press(key);
  const selected = () => page.locator(".panels [role=tab][aria-selected=true]");
  assert.match(await selected().innerText(), /Assumptions/);
  assert.equal(await page.locator(".panels [role=tab][tabindex='0']").count(), 1);
  await page.reload();
  assert.match(await selected().innerText(), /Assumptions/);
});

scene("a long list is made as far as one has scrolled, and on demand", {}, async (page, read) => {
  const inits = Array.from({ length: 90 }, (_, i) => `  - {name: init-${i}, image: 'busybox:1.28', command: ['true']}`).join("\n");
  await read.type(`apiVersion: v1\nkind: Pod\nmetadata: {name: long}\nspec:\n  initContainers:\n${inits}\n  containers:\n  - {name: app, image: 'nginx:1.27'}\n`);
  await open(page, "What happens");
  const rows = page.locator("[data-testid=story] tbody tr");
  const few = await rows.count();
  assert.ok(few < 100, `${few} rows at first`);
  // As a screen reader presses it; who scrolls there has more before he arrives.
  await page.getByTestId("more").dispatchEvent("click");
  const more = await rows.count();
  assert.ok(more > few);
  await page.locator("#panel").evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
  await page.waitForFunction((n) => document.querySelectorAll("[data-testid=story] tbody tr").length > n, more);
  // Another panel begins anew.
  await open(page, "Why");
  await open(page, "What happens");
  assert.equal(await rows.count(), few);
});
