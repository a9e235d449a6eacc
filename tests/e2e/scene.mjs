// A test of the built page with a fresh visitor; whatever goes wrong in the page fails it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, reader, serve, visit } from "./harness.mjs";

const shared = {};
before(async () => {
  shared.site = await serve(process.env.DIST);
  shared.browser = await launch();
});
after(async () => {
  await shared.browser?.close();
  shared.site?.stop();
});

/** `options` are those of `visit`, and a `query` for the address. The body gets the page, the reader's verbs, and the visitor. */
export function scene(name, options, body) {
  test(name, async () => {
    const { query = "", ...rest } = options;
    const visitor = await visit(shared.browser, shared.site.url + query, rest);
    try {
      await body(visitor.page, reader(visitor.page), { ...visitor, ...shared });
      assert.deepEqual(visitor.faults, []);
    } finally {
      await visitor.context.close();
    }
  });
}
