// The editor's looks: the page's tokens and nothing else, so that light and dark follow the page.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { hangs } from "./wrap.js";

export const highlight = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--code-key)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.keyword, tags.meta, tags.typeName, tags.labelName], color: "var(--code-meta)" },
  { tag: [tags.lineComment, tags.comment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--code-punctuation)" },
]);

const squiggle = (color) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy 1px ${color}`,
  textUnderlineOffset: "3px",
  textDecorationSkipInk: "none",
  paddingBottom: "0",
});
// A glyph instead of CodeMirror's picture, so that the kinds differ in more than their colour.
const marker = (glyph, color) => ({ content: `"${glyph}"`, display: "block", color, fontWeight: "700", fontSize: "11px", lineHeight: "20px", textAlign: "center" });

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "var(--size-code)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ...hangs,
  // Opaque: long lines are scrolled behind the numbers.
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "none", fontVariantNumeric: "tabular-nums" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "32px", padding: "0 4px 0 8px" },
  ".cm-placeholder": { color: "var(--ink-3)", whiteSpace: "pre-wrap" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--line-active)" },
  ".cm-activeLineGutter": { color: "var(--ink-2)" },
  // The browser's own caret and selection: to draw them costs a sixth of a key.
  ".cm-content ::selection, .cm-content::selection": { backgroundColor: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "1px solid var(--line-strong)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--fail-ink)" },
  ".cm-foldGutter .cm-gutterElement": { color: "var(--ink-3)", cursor: "pointer", padding: "0 3px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--surface-3)", border: "none", color: "var(--ink-2)", padding: "0 6px" },
  ".cm-live": { backgroundColor: "var(--live)", borderRadius: "2px" },
  ".cm-lintRange-error": squiggle("var(--fail)"),
  ".cm-lintRange-warning": squiggle("var(--wait)"),
  ".cm-lintRange-info": squiggle("var(--ink-3)"),
  ".cm-lintPoint::after": { borderBottomColor: "var(--fail)" },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 0 0 4px" },
  ".cm-lint-marker": { width: "12px", height: "20px", content: "normal !important" },
  ".cm-lint-marker-error::before": marker("✕", "var(--fail-ink)"),
  ".cm-lint-marker-warning::before": marker("!", "var(--wait-ink)"),
  ".cm-lint-marker-info::before": marker("i", "var(--ink-2)"),
  ".cm-tooltip": {
    backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px",
    boxShadow: "var(--shadow)", fontFamily: "var(--sans)", fontSize: "var(--size-1)", maxWidth: "46ch", overflow: "hidden",
  },
  ".cm-diagnostic": { padding: "6px 10px", borderLeftWidth: "3px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--fail)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--wait)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--line-strong)" },
  ".cm-schema": { padding: "8px 10px" },
  ".cm-schema code": { fontFamily: "var(--mono)", fontWeight: "600" },
  ".cm-schema p": { margin: "4px 0 0", color: "var(--ink-2)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--selection)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal" },
  ".cm-completionInfo": { padding: "6px 10px", maxWidth: "36ch" },
  ".cm-panels": { backgroundColor: "var(--surface-2)", color: "var(--ink)", fontFamily: "var(--sans)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 28px 8px 8px" },
  ".cm-panel.cm-search label": { fontSize: "var(--size-1)", verticalAlign: "middle" },
  ".cm-panel.cm-search [type=checkbox]": { verticalAlign: "-2px" },
  ".cm-panel.cm-panel-lint ul": { maxHeight: "9em" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: "var(--selection)" },
  ".cm-textfield": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "4px", fontSize: "var(--size-1)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "4px", fontSize: "var(--size-1)" },
  ".cm-searchMatch": { backgroundColor: "var(--match)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--live)" },
});
