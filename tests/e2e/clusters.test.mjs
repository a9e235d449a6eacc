// Manifests as clusters have them: what nobody here can know is assumed, said, and can be said otherwise.
import assert from "node:assert/strict";
import { scene } from "./scene.mjs";

const WORKLOADS = `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: tls, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: web
      nodeSelector: {disk: ssd}
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: http}}
---
apiVersion: v1
kind: Pod
metadata: {name: other}
spec: {containers: [{name: main, image: 'nginx:1.27'}]}
`;

scene("a workload of some cluster runs, and what was assumed for it can be decided", {}, async (page, read) => {
  await read.type(WORKLOADS.slice(0, WORKLOADS.indexOf("---\napiVersion: v1\n")));
  await page.locator(".strip .name", { hasText: "web-xxxxx" }).waitFor();
  assert.equal(await page.locator(".problem.error").count(), 0);
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  assert.equal(await read.status(), "Running");
  assert.match(await page.locator(".strip tbody").innerText(), /1\/1/);
  await read.panel("Assumptions");
  const row = (text) => page.locator(".assumptions li", { hasText: text });
  for (const text of ["Namespace shop", "ServiceAccount web", "has the label disk=ssd", "answers at port 8080"]) await row(text).waitFor();
  await row("has the label").getByRole("button").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=status]").innerText === "Pending");
  await row("has the label").waitFor({ state: "detached" });
  await page.locator(".ruler").focus();
  await page.keyboard.press("Control+z");
  await row("has the label").waitFor();
  await row("ServiceAccount web").locator("select").selectOption("NeverThere");
  await row("ServiceAccount web").getByRole("button").click();
  await page.getByTestId("behind").waitFor();
  assert.match(await page.getByTestId("behind").innerText(), /serviceaccount "web" not found[\s\S]*not this text's/);
  await page.getByTestId("behind").click();
  assert.equal(await page.locator(".left").getByRole("tab", { name: "Pod" }).getAttribute("aria-selected"), "true");
});

scene("of several Pods any can be run", {}, async (page, read) => {
  await read.type(WORKLOADS);
  await page.locator(".strip .name", { hasText: "web-xxxxx" }).waitFor();
  await page.getByTestId("run-pod").click();
  await page.locator(".strip .name", { hasText: "other" }).waitFor();
  await read.tab("Scenario");
  assert.match(await read.editor(), /pod: other/);
  await page.getByTestId("run-pod").click();
  await page.locator(".strip .name", { hasText: "web-xxxxx" }).waitFor();
});

scene("events that were not sent are counted", {}, async (page, read) => {
  const inits = Array.from({ length: 20 }, (_, i) => `  - {name: i${i}, image: 'busybox:1.36', command: [sh, -c, 'sleep 1']}\n`).join("");
  await read.type(`apiVersion: v1\nkind: Pod\nmetadata: {name: talkative}\nspec:\n  initContainers:\n${inits}  containers:\n  - {name: main, image: 'nginx:1.27'}\n`);
  await page.locator(".strip .name", { hasText: "talkative" }).waitFor();
  await page.locator(".ruler").focus();
  await page.keyboard.press("End");
  assert.match(await page.getByTestId("unsent").innerText(), /^\d+ more were not sent/);
});
