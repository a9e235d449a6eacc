// Long lines are broken, and go on below the place where their text begins: a script in one line is what decides a run. The page's policy
// allows no inline styles, so that each indentation is a class (`theme.js`).
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";

const CHOICE = "podlapse/wrap";

/** Deeper lines go on as these do. */
const DEEPEST = 40;
const hanging = Array.from({ length: DEEPEST + 1 }, (_, indent) => Decoration.line({ class: `cm-hang-${indent}` }));

/** The looks of the classes. */
export const hangs = Object.fromEntries(
  hanging.map((_, indent) => [`.cm-line.cm-hang-${indent}`, { paddingLeft: `calc(6px + ${indent}ch)`, textIndent: `-${indent}ch` }]),
);

/** Where the text of a line begins: behind its blanks, and behind the dash of a list. */
const indentOf = (text) => Math.min(/^ *(- +)*/.exec(text)[0].length, DEEPEST);

const marks = (view) => {
  const found = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = indentOf(line.text);
      if (indent > 0) found.push(hanging[indent].range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(found);
};

const hang = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = marks(view);
    }
    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = marks(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const wrap = [EditorView.lineWrapping, hang];

/** What the reader chose on this visit, also where the browser keeps nothing. */
let chosen = null;

/** Whether the reader wants it: unless they have said no. */
export const wraps = () => {
  if (chosen !== null) return chosen;
  try {
    return localStorage.getItem(CHOICE) !== "no";
  } catch {
    return true;
  }
};

export const keepWraps = (on) => {
  chosen = on;
  try {
    localStorage.setItem(CHOICE, on ? "yes" : "no");
  } catch {
    // It holds for this visit.
  }
};
