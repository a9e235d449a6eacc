// The editor of the page: CodeMirror with one state per tab, behind the few verbs that `src/web/editor.rs` calls.
// It lives in a shadow root, so that its style sheets are adopted and the page's policy needs no inline styles. The page fetches it
// after its first picture: what stands in its place until then is a plain field.
// Positions are UTF-16 offsets here; the Rust side converts them.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, indentWithTab, redoSelection, undoSelection } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers, placeholder, tooltips } from "@codemirror/view";
import { Journal } from "./journal.js";
import { highlight, theme } from "./theme.js";
import { keepWraps, wrap, wraps } from "./wrap.js";

/** Marks a change that the page made, not the reader: it is not reported back. */
const fromPage = Annotation.define();

/** Stretches of text that stand for what happens at the playhead. */
const setLive = StateEffect.define();
const live = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setLive)) return effect.value;
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});
const liveMark = Decoration.mark({ class: "cm-live" });

/** Whether the keyboard is one of glass, which looks after the text it writes in: it puts in itself what was typed. */
const onGlass = matchMedia("(pointer: coarse)").matches;

/** Whether the browser means what is selected: a held key, say, offers letters with accents in the place of the one just typed. */
const replacesOther = (event, selection) => selection.empty && event.getTargetRanges().some((range) => !range.collapsed);

/**
 * What is typed is put into the state, which writes it on the page: done sooner than when the browser writes it and the editor has to
 * read what became of the page. And over a selection the browser keeps the look of what was there in inline styles, which the page's
 * policy forbids and reports.
 */
const typing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    if (event.inputType !== "insertText" || event.data === null || view.composing) return false;
    if ((onGlass && main.empty) || replacesOther(event, main)) return false;
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, main.from, main.to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * Whoever only walks through the page by Tab goes on; Tab indents once something else was pressed here, or the pointer used.
 * Escape, then Tab, leaves in any case (CodeMirror's own rule); Ctrl-M makes Tab leave for good.
 */
const passing = () => {
  let pointed = false;
  return EditorView.domEventHandlers({
    pointerdown(event, view) {
      pointed = true;
      view.setTabFocusMode(false);
    },
    focus(event, view) {
      if (!pointed) view.setTabFocusMode(true);
    },
    blur() {
      pointed = false;
    },
    keydown(event, view) {
      if (!["Tab", "Shift", "Escape", "Control", "Alt", "Meta"].includes(event.key)) view.setTabFocusMode(false);
    },
  });
};

/** Whether these are the diagnostics that a state shows. */
function areTold(state, diagnostics) {
  const written = ({ severity, message, actions }, from, to) => [from, to, severity, message, ...actions.map((a) => a.name)].join("\n");
  const told = [];
  forEachDiagnostic(state, (d, from, to) => told.push(written(d, from, to)));
  const wanted = diagnostics.map((d) => written(d, d.from, d.to));
  wanted.sort();
  return told.length === wanted.length && told.sort().every((text, i) => text === wanted[i]);
}

class Editor {
  /**
   * @param {HTMLElement} host the place of the editor
   * @param {string[]} texts one per tab
   * @param {string[]} labels one per tab, for screen readers
   * @param {number} current the tab that is shown first
   * @param {(tab: number, text: string) => void} onChange the reader changed a text
   * @param {(tab: number, again: boolean) => void} onRetrace a change was taken back or made again, and stands in this tab, which is shown
   */
  constructor(host, texts, labels, current, onChange, onRetrace) {
    this.onChange = onChange;
    this.onRetrace = onRetrace;
    this.current = current;
    this.journal = new Journal();
    this.phrases = new Compartment();
    this.words = new Compartment();
    this.wrapping = new Compartment();
    this.assist = { complete: null, hover: null };
    this.states = texts.map((text, tab) => this.newState(text, tab, labels[tab]));
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.view = new EditorView({ state: this.states[current], parent: root, root });
  }

  /** Goes on where a field with the same text was left: with its scroll position and, if it had these, the keyboard and the caret. */
  relieve(field) {
    this.view.scrollDOM.scrollTo(field.scrollLeft, field.scrollTop);
    if (!field.matches(":focus")) return;
    const end = this.view.state.doc.length;
    const [anchor, head] = [field.selectionStart, field.selectionEnd].map((at) => Math.min(at, end));
    this.view.dispatch({ selection: { anchor, head } });
    this.view.focus();
    this.view.setTabFocusMode(false);
  }

  newState(doc, tab, label) {
    const report = EditorView.updateListener.of((update) => {
      for (const transaction of update.transactions) this.journal.note(tab, transaction);
      if (!update.docChanged || update.transactions.every((tr) => tr.annotation(fromPage))) return;
      this.onChange(this.current, update.state.doc.toString());
    });
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        this.retraceKeys(),
        history(),
        this.journal.extension(tab),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches({ minSelectionLength: 2 }),
        yaml(),
        syntaxHighlighting(highlight),
        theme,
        this.wrapping.of(wraps() ? wrap : []),
        live,
        typing,
        passing(),
        autocompletion({ override: [(context) => this.complete(context)] }),
        // What is laid out in the editor stays in it (`style/layout.css`), so that a key makes the browser look at nothing else.
        tooltips({ tooltipSpace: (view) => view.dom.getBoundingClientRect() }),
        hoverTooltip((view, at, side) => this.hover(view, at, side)),
        keymap.of([
          { key: "Alt-z", run: () => (this.toggleWrap(), true) },
          ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...foldKeymap,
          ...completionKeymap, ...lintKeymap, indentWithTab,
        ]),
        EditorView.contentAttributes.of({ tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        this.words.of(EditorView.contentAttributes.of({ "aria-label": label })),
        this.phrases.of([]),
        report,
      ],
    });
  }

  /** Shows another tab; its history, selection and scroll position are its own. */
  show(tab) {
    if (tab === this.current) return;
    this.states[this.current] = this.view.state;
    this.current = tab;
    this.view.setState(this.states[tab]);
  }

  text(tab) {
    return this.stateOf(tab).doc.toString();
  }

  /** Undo and redo by key and by the browser's menu, over both texts: before the history of one text would take them. */
  retraceKeys() {
    const verb = (again) => () => (this.retrace(again), true);
    return [
      EditorView.domEventHandlers({
        beforeinput: (event) => {
          if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
          event.preventDefault();
          return verb(event.inputType === "historyRedo")();
        },
        // By Shift itself and not by the letter, which Caps Lock changes back.
        keydown: (event) => {
          const redoes = event.shiftKey && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
          if (redoes) event.preventDefault();
          return redoes && verb(true)();
        },
      }),
      keymap.of([
        { key: "Mod-z", run: verb(false), preventDefault: true },
        { key: "Mod-y", run: verb(true), preventDefault: true },
        { key: "Mod-u", run: undoSelection, preventDefault: true },
        { key: "Alt-u", mac: "Mod-Shift-u", run: redoSelection, preventDefault: true },
      ]),
    ];
  }

  /** Replaces what differs in the texts, one per tab, as one step that can be undone. */
  setTexts(texts) {
    this.journal.asOne(() => texts.forEach((text, tab) => this.setText(tab, text)));
  }

  /** Replaces what differs in a text, as a step that can be undone. */
  setText(tab, text) {
    const old = this.text(tab);
    if (old === text) return;
    let from = 0;
    const shorter = Math.min(old.length, text.length);
    while (from < shorter && old[from] === text[from]) from += 1;
    let tail = 0;
    while (tail < shorter - from && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
    const changes = { from, to: old.length - tail, insert: text.slice(from, text.length - tail) };
    this.dispatch(tab, { changes, annotations: fromPage.of(true), userEvent: "input.page" });
  }

  /** `flat` holds from, to, severity ("error", "warning", "info"), message and what would be right there (or "") of each diagnostic in turn. */
  setDiagnostics(tab, flat) {
    const state = this.stateOf(tab);
    const end = state.doc.length;
    const diagnostics = [];
    for (let i = 0; i < flat.length; i += 5) {
      const [start, stop, severity, message, insert] = flat.slice(i, i + 5);
      const from = Math.min(start, end);
      const apply = (view, from, to) => view.dispatch({ changes: { from, to, insert }, userEvent: "input.fix" });
      const actions = insert === "" ? [] : [{ name: `→ ${insert}`, apply }];
      diagnostics.push({ from, to: Math.max(from, Math.min(stop, end)), severity, message, actions });
    }
    // Most keys only move them, and the editor has moved them already.
    if (!areTold(state, diagnostics)) this.dispatch(tab, setDiagnostics(state, diagnostics));
  }

  /** Lights the stretches (from, to, from, to ...) that run at the playhead. */
  setLive(tab, flat) {
    const end = this.stateOf(tab).doc.length;
    const marks = [];
    for (let i = 0; i + 1 < flat.length; i += 2) if (flat[i] < flat[i + 1] && flat[i + 1] <= end) marks.push(liveMark.range(flat[i], flat[i + 1]));
    this.dispatch(tab, { effects: setLive.of(Decoration.set(marks, true)) });
  }

  /** Selects a stretch, brings it into view and puts the cursor there. */
  select(tab, from, to) {
    this.show(tab);
    const end = this.view.state.doc.length;
    const selection = { anchor: Math.min(from, end), head: Math.min(to, end) };
    this.view.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }) });
    this.view.focus();
  }

  /** How a tab is called, how the keyboard leaves it, and what stands there while it is empty. */
  setWords(tab, label, description, empty) {
    const words = [EditorView.contentAttributes.of({ "aria-label": label, "aria-description": description }), placeholder(empty)];
    this.dispatch(tab, { effects: this.words.reconfigure(words) });
  }

  /** The texts of CodeMirror's own panels, by their English. */
  setPhrases(pairs) {
    const phrases = EditorState.phrases.of(Object.fromEntries(pairs));
    this.states.forEach((_, tab) => this.dispatch(tab, { effects: this.phrases.reconfigure(phrases) }));
  }

  /**
   * What the schema knows: `complete(tab, text, at)` gives [from, label, detail, info, insert, ...] or null,
   * `hover(tab, text, at)` gives [from, to, title, text] or null.
   */
  setAssist(complete, hover) {
    this.assist = { complete, hover };
  }

  /** Breaks long lines, or does not: the reader's choice is kept. */
  toggleWrap() {
    const on = !wraps();
    keepWraps(on);
    this.states.forEach((_, tab) => this.dispatch(tab, { effects: this.wrapping.reconfigure(on ? wrap : []) }));
  }

  focus() {
    this.view.focus();
  }

  destroy() {
    this.view.destroy();
  }

  /** Takes the last change back, or makes it again, in whichever text it was, and shows that text; `onChange` hears of it. */
  retrace(again) {
    const tabs = this.journal.retrace(again, (command, tab) => {
      if (tab === this.current) return command(this.view);
      const done = command({ state: this.states[tab], dispatch: (transaction) => (this.states[tab] = transaction.state) });
      if (done) this.onChange(tab, this.text(tab));
      return done;
    });
    if (tabs.length === 0) return;
    if (!tabs.includes(this.current)) {
      this.show(tabs[0]);
      this.view.dispatch({ effects: EditorView.scrollIntoView(this.view.state.selection.main, { y: "center" }) });
    }
    this.onRetrace(this.current, again);
  }

  stateOf(tab) {
    return tab === this.current ? this.view.state : this.states[tab];
  }

  dispatch(tab, spec) {
    if (tab === this.current) return this.view.dispatch(spec);
    const transaction = this.states[tab].update(spec);
    this.states[tab] = transaction.state;
    this.journal.note(tab, transaction);
  }

  complete(context) {
    const flat = this.assist.complete?.(this.current, context.state.doc.toString(), context.pos);
    if (!flat || flat.length < 2) return null;
    // Unasked, only what has been begun is completed.
    if (!context.explicit && flat[0] === context.pos) return null;
    const options = [];
    for (let i = 1; i + 3 < flat.length; i += 4) {
      const [label, detail, info, insert] = flat.slice(i, i + 4);
      options.push({ label, detail, info: info || undefined, apply: insert, type: "property" });
    }
    return { from: flat[0], options, validFor: /^[\w.-]*$/ };
  }

  hover(view, at) {
    const flat = this.assist.hover?.(this.current, view.state.doc.toString(), at);
    if (!flat) return null;
    const [pos, end, title, text] = flat;
    return {
      pos,
      end,
      above: true,
      create() {
        const dom = document.createElement("div");
        dom.className = "cm-schema";
        dom.appendChild(document.createElement("code")).textContent = title;
        dom.appendChild(document.createElement("p")).textContent = text;
        return { dom };
      },
    };
  }
}

/** What the page asks the script for. */
export const make = (...args) => new Editor(...args);
