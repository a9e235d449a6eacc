// One history over all tabs: in which order their texts changed. What a change was, the history of its tab knows.
import { isolateHistory, redo, undo, undoDepth } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";

export class Journal {
  /** Each step holds the tabs that it changed: opening an example changes both. */
  #done = [];
  #undone = [];
  /** The step that is being made of several changes. */
  #open = null;

  /** For the states of a tab: what is typed after a change elsewhere is a step of its own, however soon it follows. */
  extension(tab) {
    return EditorState.transactionExtender.of((transaction) => {
      const follows = this.#undone.length === 0 && this.#done.at(-1)?.at(-1) === tab;
      return transaction.docChanged && !follows ? { annotations: isolateHistory.of("before") } : null;
    });
  }

  /** Takes note of a change of a tab's text. */
  note(tab, transaction) {
    if (!transaction.docChanged || transaction.isUserEvent("undo") || transaction.isUserEvent("redo")) return;
    this.#undone = [];
    // Else it went on with the change before.
    const begins = undoDepth(transaction.startState) !== undoDepth(transaction.state);
    if (begins && this.#open) this.#open.push(tab);
    else if (begins) this.#done.push([tab]);
  }

  /** Makes one step of all that is changed meanwhile. */
  asOne(change) {
    this.#open = [];
    change();
    if (this.#open.length > 0) this.#done.push(this.#open);
    this.#open = null;
  }

  /**
   * Takes the last step back, or makes it again: `step(command, tab)` does so in a tab, and says whether there was anything to do.
   * Answers with the tabs that changed.
   */
  retrace(again, step) {
    const [from, to, command] = again ? [this.#undone, this.#done, redo] : [this.#done, this.#undone, undo];
    while (from.length > 0) {
      // The histories forget what is very long ago.
      const tabs = from.pop().filter((tab) => step(command, tab));
      if (tabs.length > 0) {
        to.push(tabs);
        return tabs;
      }
    }
    return [];
  }
}
