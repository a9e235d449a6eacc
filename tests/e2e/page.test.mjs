// The built page, driven as a reader drives it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DESKTOP, PHONE, reader, visit } from "./harness.mjs";
import { scene } from "./scene.mjs";

const WAIT = readFileSync("src/app/examples/wait-for-services.yaml", "utf8");
const example = async (page, id) => {
  await page.getByTestId("gallery").click();
  await page.getByTestId(id).click();
};

scene("example 03 typed by hand plays, scrubs and reaches 'main starts'", {}, async (page, read) => {
  await read.type("");
  await page.locator(".problems", { hasText: /no Pod/ }).waitFor();
  await read.type(WAIT);
  await page.locator(".problems").waitFor({ state: "hidden" });
  await page.locator(".label", { hasText: "init-myservice" }).waitFor();
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  assert.equal(await read.clock(), "0.000s");
  await page.keyboard.press("m");
  assert.match(await page.locator(".mark-text").first().textContent(), /main starts \d+\.\ds/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  assert.equal(await read.status(), "Running");
  // The pointer scrubs as well.
  const ruler = await page.locator(".ruler").boundingBox();
  await page.mouse.click(ruler.x + 5, ruler.y + 14);
  assert.match(await read.status(), /Pending|Init:0\/2/);
});

scene("playing moves the playhead and reaches the end by itself", { reducedMotion: "no-preference" }, async (page, read) => {
  await page.locator("select[aria-label=Speed]").selectOption("100");
  await page.waitForFunction(() => document.querySelector("[data-testid=status]").textContent === "Running", null, { timeout: 20_000 });
  await page.getByRole("button", { name: "Play" }).waitFor();
  assert.equal(await read.status(), "Running");
});

scene("an injected fault is text in the scenario and restarts on the timeline", {}, async (page, read) => {
  await page.locator("button.label", { hasText: "init-myservice" }).click();
  await page.locator("[name=attempts]").fill("2");
  await page.getByTestId("fault-fail").click();
  await page.locator(".segment.s-back-off").first().waitFor({ state: "attached" });
  await read.tab("Scenario");
  const text = await read.editor();
  assert.match(text, /kind: Scenario/);
  assert.match(text, /- name: init-myservice\s+faults:\s+- \{attempts: "1-2", exit: \{code: 1, after: 2s\}\}/);
  await page.locator(".ruler").focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 60 && (await read.status()) !== "Init:CrashLoopBackOff"; i += 1) await page.keyboard.press("ArrowRight");
  assert.equal(await read.status(), "Init:CrashLoopBackOff");
  assert.match(await page.locator(".strip .restarts").innerText(), /^[1-9]/);
  // Both ways: what the editor undoes, the timeline forgets.
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => document.querySelectorAll(".segment.s-back-off").length === 0);
});

scene("an unreadable text keeps the last timeline, dimmed, and says where it is wrong", {}, async (page, read) => {
  await read.type("apiVersion: v1\nkind: Pod\nmetadata: {name: a\nspec:\n");
  await page.locator("[data-behind]").waitFor();
  assert.ok((await page.locator(".problem.error").count()) > 0);
  await page.locator(".cm-lintRange-error, .cm-lintPoint").first().waitFor({ state: "attached" });
  await page.locator(".problem.error").first().click();
  assert.ok(await page.locator(".segment").count());
});

for (const [name, text] of [
  ["nothing", ""],
  ["spaces", "   \n\n"],
  ["tabs", "apiVersion: v1\n\tkind: Pod\n"],
  ["a duplicate key", "kind: Pod\nkind: Pod\n"],
  ["an alias bomb", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "bcdefghi".split("").map((c, i) => `${c}: &${c} [${Array(9).fill("*" + "abcdefghi"[i]).join(",")}]`).join("\n")],
  ["another kind", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {}\n"],
  ["a Deployment", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}\n"],
  ["a list of Pods", "apiVersion: v1\nkind: List\nitems: []\n"],
  ["binary", "\u0000\u0001\u0002\u0007"],
  ["a megabyte", "# " + "x".repeat(1_000_000)],
]) {
  scene(`bad input, ${name}: a message, no panic, no freeze`, {}, async (page, read) => {
    await read.type(text);
    await page.locator(".problem").first().waitFor();
    await read.type(WAIT);
    await page.locator(".problem.error").first().waitFor({ state: "detached" });
  });
}

scene("a link carries both texts, and a reload loses nothing", {}, async (page, read, { context, browser }) => {
  await read.type(WAIT.replaceAll("myapp-pod", "linked-pod"));
  await read.tab("Scenario");
  await read.type("apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {}\n");
  await page.reload();
  await page.locator(".strip .name", { hasText: "linked-pod" }).waitFor();
  await page.getByTestId("share").click();
  await page.waitForURL(/#v1/);
  const link = page.url();
  assert.match(link, /#v1\/[\w-]+$/);
  const other = await visit(browser, link, { context: await browser.newContext({ reducedMotion: "reduce" }) });
  await other.page.locator(".strip .name", { hasText: "linked-pod" }).waitFor();
  await reader(other.page).tab("Scenario");
  assert.match(await reader(other.page).editor(), /podlapse\.dev\/v1alpha1/);
  await other.context.close();
  assert.ok(context);
});

scene("a link can lead to this moment, and comes as a snippet for another page", {}, async (page, read, { context, browser }) => {
  await page.locator(".ruler").focus();
  await page.keyboard.press("m");
  const at = await read.clock();
  await page.getByTestId("share").click();
  const [link, embed] = [page.getByRole("textbox", { name: "Link" }), page.getByRole("textbox", { name: "For a page of your own" })];
  await page.waitForFunction(() => document.querySelector(".way .field")?.value.includes("#v1/"));
  const plain = await link.inputValue();
  await page.getByTestId("share-moment").check();
  await page.waitForFunction((plain) => document.querySelector(".way .field").value !== plain, plain);
  assert.match(await embed.inputValue(), /^<iframe src="http[^"?#]*\?embed#v1\/[\w-]+" title="The Pod myapp-pod in its timeline" loading="lazy" height="\d+" style="[^"]+"><\/iframe>$/);
  const other = await visit(browser, await link.inputValue(), { context });
  await other.page.locator(".strip .name", { hasText: "myapp-pod" }).waitFor();
  assert.equal(await reader(other.page).clock(), at);
});

scene("a damaged link says so and opens what is there", { query: "#v1/AAAA" }, async (page) => {
  await page.getByRole("status").getByText("damaged").waitFor();
  await page.locator(".segment").first().waitFor({ state: "attached" });
});

scene("a second tab loses nothing of the first", {}, async (page, read, { context, browser, site }) => {
  await read.type(WAIT.replaceAll("myapp-pod", "first-tab"));
  const second = await visit(browser, site.url, { context });
  await reader(second.page).type(WAIT.replaceAll("myapp-pod", "second-tab"));
  await page.reload();
  await page.locator(".strip .name", { hasText: "first-tab" }).waitFor();
  await second.page.reload();
  await second.page.locator(".strip .name", { hasText: "second-tab" }).waitFor();
});

scene("embedded, it is the timeline alone", { query: "?embed&autoplay=0&theme=dark", viewport: { width: 800, height: 400 } }, async (page) => {
  await page.locator(".embed .timeline").waitFor();
  assert.equal(await page.locator(".left").count(), 0);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  // Its parts lie below each other, none upon another.
  const parts = await page.locator(".embed > *").evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map((r) => [r.top, r.bottom]).sort((a, b) => a[0] - b[0]));
  assert.equal(parts.length, 3);
  for (const [i, [top]] of parts.entries()) assert.ok(i === 0 || top >= parts[i - 1][1] - 1, JSON.stringify(parts));
  assert.ok(parts.at(-1)[1] <= 401, "nothing is below the frame");
});

scene("by keyboard alone: out of the editor, through a dialog, into the timeline", {}, async (page, read) => {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(!(await page.evaluate(() => document.activeElement.id === "code")), "Escape and Tab leave the editor");
  await page.locator(".ruler").focus();
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.locator(".ruler").focus();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await read.clock(), "0.000s");
});

scene("Korean by the browser's choice and by the switch", { locale: "ko-KR" }, async (page) => {
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  await page.getByRole("button", { name: "재생", exact: true }).first().waitFor();
  await page.getByTestId("lang").click();
  await page.getByRole("button", { name: "Play" }).waitFor();
});

for (const viewport of [DESKTOP, PHONE]) {
  scene(`nothing overflows at ${viewport.width} px`, { viewport }, async (page) => {
    const overflow = () => page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    assert.equal(await overflow(), 0);
    if (viewport === PHONE) {
      await page.locator(".switch button").nth(1).click();
      assert.equal(await overflow(), 0);
      await page.getByTestId("play").waitFor({ state: "visible" });
    }
    const spills = await page.evaluate(() =>
      [...document.querySelectorAll("button, .strip, .transport, h1")]
        .filter((e) => e.checkVisibility() && !e.closest(".tabs"))
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
        .map((e) => e.outerHTML.slice(0, 80)));
    assert.deepEqual(spills, []);
  });
}

scene("when the engine breaks, the texts are there and the way back too", {}, async (page, read) => {
  const text = WAIT.replaceAll("myapp-pod", "precious");
  await read.type(text);
  await page.locator(".strip .name", { hasText: "precious" }).waitFor();
  await page.evaluate(() => dispatchEvent(new CustomEvent("podlapse:panic", { detail: "panicked at a test" })));
  const cover = page.getByRole("alertdialog", { name: "Podlapse has stopped" });
  assert.equal(await cover.getByLabel("Pod").inputValue(), text);
  await cover.getByRole("button", { name: "Load again" }).click();
  await page.locator(".strip .name", { hasText: "precious" }).waitFor();
  assert.equal(await cover.count(), 0);
});

scene("a trap of the engine is told, and a text that hung is not run again unasked", {}, async (page, read) => {
  await read.type(WAIT.replaceAll("myapp-pod", "precious"));
  await page.locator(".strip .name", { hasText: "precious" }).waitFor();
  const cover = page.getByRole("alertdialog", { name: "Podlapse has stopped" });
  await page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })));
  await cover.waitFor();
  // As if the run were still going on.
  await page.evaluate(() => addEventListener("pagehide", () => sessionStorage.setItem("podlapse/running", "1")));
  await page.reload();
  await cover.waitFor();
  assert.equal(await page.locator(".strip").count(), 0, "nothing is run");
  await cover.getByRole("button", { name: "Load again" }).click();
  await page.locator(".strip .name", { hasText: "precious" }).waitFor();
  assert.equal(await cover.count(), 0);
});

scene("without its engine the page says so", {}, async (_page, _read, { context, site }) => {
  const lame = await context.newPage();
  await lame.route("**/*.wasm", (route) => route.abort());
  await lame.goto(site.url);
  await lame.getByText("The page could not be loaded.").waitFor();
});

scene("typing over a selection, by key and by paste, makes no noise", {}, async (page, read) => {
  await read.type("first: line\nsecond: line\n");
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.type("over: 1");
  assert.match(await read.editor(), /^over: 1second: line/);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("a: '파드'");
  assert.equal((await read.editor()).trim(), "a: '파드'");
});

for (const viewport of [undefined, PHONE]) {
  scene(`the first link skips to the run, ${viewport ? "phone" : "desktop"}`, { viewport }, async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "run");
    await page.getByTestId("play").waitFor();
    assert.equal(new URL(page.url()).hash, "");
  });
}

scene("a moment is written in one way, on the ruler, in the corner and on the clock", {}, async (page, read) => {
  await page.keyboard.press("m");
  const flag = await page.locator(".handle").innerText();
  assert.match(flag, /^22\.\ds$/);
  assert.match(await page.locator(".ruler-corner").innerText(), new RegExp(`at ${flag}$`));
  assert.equal(await page.locator(".milestone b").first().innerText(), flag);
  assert.ok(Math.abs(parseFloat(await read.clock()) - parseFloat(flag)) <= 0.05);
  await example(page, "crash-loop");
  await page.locator(".milestone", { hasText: "not in 1h" }).first().waitFor();
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  assert.match(await page.locator(".handle").innerText(), /^\d+m\d+\.\ds$|^1h0m0s$/);
  assert.match(await read.clock(), /^\d+m\d+\.\d{3}s$|^1h0m0\.000s$/);
});

scene("the legend begins with what is in this run", {}, async (page) => {
  const legend = page.getByTestId("legend");
  const others = page.locator(".legend + details");
  await page.keyboard.press("?");
  await legend.waitFor();
  assert.match(await legend.innerText(), /running[\s\S]*completed[\s\S]*pulling/);
  assert.doesNotMatch(await legend.innerText(), /back-off|hook/);
  assert.ok(!(await others.getByText("back-off").isVisible()));
  await others.locator("summary").click();
  await others.getByText("back-off").waitFor();
  await page.keyboard.press("Escape");
  await example(page, "crash-loop");
  await page.locator(".strip .name", { hasText: "crash-loop" }).waitFor();
  await page.locator("body").press("?");
  await legend.getByText("back-off").waitFor();
});
