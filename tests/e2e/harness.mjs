// What every test of the built page needs: a static server under a path of its own, Chromium, and verbs for the page.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml" };
/** The site must work under any path, so it is never served from the root. */
const BASE = "/some/path/";

/** What a web server does of its own: the smaller encoding that the browser takes, made once. */
function encoder() {
  const made = new Map();
  return (name, body, accepts) => {
    if (extname(name) === ".png") return [body];
    const way = accepts.includes("br") ? "br" : "gzip";
    const key = `${way} ${name}`;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    if (!made.has(key)) made.set(key, way === "br" ? brotliCompressSync(body, quality) : gzipSync(body));
    return [made.get(key), way];
  };
}

/** Serves a folder, compressed if so wanted; answers with its address and a way to stop. */
export async function serve(folder = process.env.DIST ?? "dist", { compressed = false } = {}) {
  if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder}/ is not built: make build`);
  const encode = compressed ? encoder() : (_, body) => [body];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    if (!path.startsWith(BASE)) return response.writeHead(404).end();
    const name = normalize(path.slice(BASE.length) || "index.html");
    try {
      const [body, way] = encode(name, await readFile(join(folder, name)), request.headers["accept-encoding"] ?? "");
      const headers = { "content-type": TYPES[extname(name)] ?? "application/octet-stream" };
      response.writeHead(200, way ? { ...headers, "content-encoding": way } : headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}${BASE}`, stop: () => server.close() };
}

/** Chromium of the system, without its conversations with the outside. */
export function launch(...more) {
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  return chromium.launch({
    executablePath,
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
  });
}

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A fresh visitor's page. What goes wrong in it (exceptions, errors in the console, requests elsewhere) is collected in `faults`. */
export async function visit(browser, url, { viewport = DESKTOP, colorScheme = "light", reducedMotion = "reduce", context: given, tour = false, ...rest } = {}) {
  const context = given ?? (await browser.newContext({ viewport, colorScheme, reducedMotion, locale: "en-US", hasTouch: viewport.width < 800, ...rest }));
  // Who has been here before is not shown around.
  if (!tour) await context.addInitScript(() => { try { localStorage.setItem("podlapse/toured", "1"); } catch {} });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("request", (request) => !request.url().startsWith(new URL(url).origin) && !request.url().startsWith("data:") && faults.push(`asked ${request.url()}`));
  await page.goto(url);
  await page.locator("#boot").waitFor({ state: "detached", timeout: 30_000 });
  return { context, page, faults };
}

/** The words of a reader who uses the page. */
export const reader = (page) => ({
  status: () => page.getByTestId("status").innerText(),
  clock: async () => (await page.getByTestId("clock").innerText()).replace(/\s+/g, "").split("/")[0],
  /** Replaces the text of the open tab, key by key as a hand does it. */
  async type(text) {
    // The first click brings the editor.
    await page.getByTestId("editor").click();
    await page.locator(".cm-content").waitFor();
    await page.keyboard.press("Control+A");
    if (text === "") await page.keyboard.press("Delete");
    else await page.keyboard.insertText(text);
  },
  /** The open tab's text; what stands there while it is empty is none. */
  editor: () => page.locator(".cm-content").evaluate((e) => (e.querySelector(".cm-placeholder") ? "" : e.innerText)),
  async tab(name) {
    await page.locator(".left").getByRole("tab", { name }).click();
  },
  async panel(name) {
    await page.getByRole("tab", { name }).click();
    await page.locator("#panel .coming").waitFor({ state: "detached" });
  },
});
