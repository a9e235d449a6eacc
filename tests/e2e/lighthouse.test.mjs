// Lighthouse on the built page: full marks for accessibility, best practices and SEO, as a desktop and as a phone.
// Performance depends on the machine: it is printed (`quietly measured`), never judged here.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import lighthouse, { desktopConfig } from "lighthouse";
import { launch, serve } from "./harness.mjs";

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

let site, browser, port;
before(async () => {
  port = await freePort();
  site = await serve(process.env.DIST, { compressed: true });
  browser = await launch(`--remote-debugging-port=${port}`);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

for (const [name, config] of [["desktop", desktopConfig], ["phone", undefined]]) {
  test(`Lighthouse gives full marks, ${name}`, { timeout: 240_000 }, async (t) => {
    const { lhr } = await lighthouse(site.url, { port, output: "json", logLevel: "error" }, config);
    const { performance, ...judged } = lhr.categories;
    const lost = Object.values(judged).flatMap((c) => c.auditRefs.filter((a) => a.weight > 0 && (lhr.audits[a.id].score ?? 1) < 1).map((a) => `${c.id}: ${a.id}: ${lhr.audits[a.id].title}`));
    const figure = (id) => `${id} ${lhr.audits[id].displayValue}`;
    t.diagnostic(`performance ${Math.round(performance.score * 100)}: ${["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"].map(figure).join(", ")}`);
    assert.deepEqual(lost, []);
    for (const category of ["accessibility", "best-practices", "seo"]) assert.equal(judged[category].score, 1, category);
  });
}
