// What does not depend on the engine: the theme before the first paint, an early start for the engine where it is needed at once,
// and a calm word when it cannot start or breaks. Its words are here, and not with the others, because this is what speaks when the
// others cannot.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return sessionStorage.getItem(`podlapse/${name}`) ?? localStorage.getItem(`podlapse/${name}`);
    } catch {
      return null; // Storage may be forbidden, as in some iframes.
    }
  };
  const forget = (name) => {
    try {
      sessionStorage.removeItem(`podlapse/${name}`);
    } catch {
      // Then there was nothing to forget.
    }
  };
  const theme = new URLSearchParams(location.search).get("theme") ?? kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // Who comes with a text of their own needs the engine at once: it need not wait for the page to ask for it.
  if (location.hash.length > 1 || kept("pod") !== null) {
    for (const href of document.querySelector("meta[name=engine]").content.split(" ").filter(Boolean)) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href }));
    }
  }

  const WORDS = {
    en: {
      title: "Podlapse has stopped",
      text: "A fault in Podlapse, not in your text. What you typed is kept in this browser, and stands here to copy.",
      again: "Load again",
      afresh: "Start with the first example",
      tell: "What happened",
      hung: "The page was left in the middle of a run: the text may take too long.",
      none: "This browser has no WebAssembly, which Podlapse needs.",
      lost: "The page could not be loaded.",
    },
    ko: {
      title: "Podlapse가 멈췄습니다",
      text: "입력한 내용이 아니라 Podlapse의 오류입니다. 입력한 내용은 이 브라우저에 보관되어 있으며, 아래에서 복사할 수 있습니다.",
      again: "다시 불러오기",
      afresh: "첫 예제로 시작하기",
      tell: "무슨 일이 있었는지",
      hung: "실행 도중에 페이지가 닫혔습니다. 텍스트를 실행하는 데 너무 오래 걸릴 수 있습니다.",
      none: "이 브라우저는 Podlapse에 필요한 WebAssembly를 지원하지 않습니다.",
      lost: "페이지를 불러오지 못했습니다.",
    },
  };
  const words = () => WORDS[(root.lang === "en" ? navigator.language : root.lang).startsWith("ko") ? "ko" : "en"];
  const element = (name, content, props = {}) => {
    const made = Object.assign(document.createElement(name), props);
    made.append(...content);
    return made;
  };

  /** Covers the page with what happened, the texts, and two ways on. */
  function stopped(what) {
    if (document.getElementById("stopped")) return;
    forget("running");
    const say = words();
    const texts = ["pod", "scenario"].map(kept).filter(Boolean);
    const afresh = () => {
      for (const store of [sessionStorage, localStorage]) for (const name of ["pod", "scenario", "at", "draft"]) store.removeItem(`podlapse/${name}`);
      location.replace(location.pathname);
    };
    const again = element("button", [say.again], { className: "button solid", onclick: () => location.reload() });
    const cover = element("div", [
      element("h1", [say.title], { id: "stopped-title" }),
      element("p", [say.text]),
      element("div", [again, element("button", [say.afresh], { className: "button outline", onclick: afresh })], { className: "row" }),
      ...texts.map((text, i) => element("textarea", [], { value: text, readOnly: true, rows: 12, ariaLabel: ["Pod", "Scenario"][i] })),
      element("details", [element("summary", [say.tell]), element("pre", [what])]),
    ], { id: "stopped", role: "alertdialog" });
    cover.setAttribute("aria-labelledby", "stopped-title");
    document.body.append(cover);
    again.focus();
  }

  /** Replaces what stands there until the engine is up. */
  function cannotStart(message) {
    const text = document.getElementById("boot-text");
    if (text) text.textContent = message;
  }

  addEventListener("podlapse:panic", (event) => stopped(String(event.detail)));
  // A trap of WebAssembly (its stack, its memory) is no panic, and comes as an error of the browser's.
  const isTrap = (error) => error instanceof RangeError || (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError);
  const fails = (error) => (isTrap(error) ? stopped(String(error)) : cannotStart(words().lost));
  addEventListener("unhandledrejection", (event) => fails(event.reason));
  addEventListener("error", (event) => fails(event.error), true);
  // A tab that was left in the middle of a run would hang again on the same text: it asks first (`web::storage::marked`).
  const hung = kept("running") !== null;
  // Who leaves a page that still answers leaves no run in its middle.
  addEventListener("pagehide", () => forget("running"));
  if (hung) root.dataset.held = "";
  addEventListener("DOMContentLoaded", () => {
    // The text that the editor will have, as far as it is known here: what was typed, else the first example, which stands there.
    const boot = document.getElementById("boot");
    const text = document.getElementById("boot-pod");
    boot?.classList.toggle("bare", new URLSearchParams(location.search).has("embed"));
    if (text && location.hash.length > 1) text.textContent = "";
    else if (text && kept("pod") !== null) text.textContent = kept("pod").slice(0, 10_000);
    if (hung) stopped(words().hung);
    if (typeof WebAssembly !== "object") cannotStart(words().none);
  });
})();
