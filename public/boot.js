// Runs before the first paint: the theme that was chosen, and a calm word if the engine cannot start.
(() => {
  const root = document.documentElement;
  try {
    const theme = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("podlapse/theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be forbidden, as in some iframes: the system's theme it is.
  }
  addEventListener("DOMContentLoaded", () => {
    if (typeof WebAssembly !== "object") {
      const text = document.getElementById("boot-text");
      if (text) text.textContent = "This browser has no WebAssembly, which Podlapse needs.";
    }
  });
})();
