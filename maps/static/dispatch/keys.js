// The keyboard: letters where nobody is typing, Alt with the same letters anywhere; and the page of them.
import { el } from "../dom.js";

const KEYS = [
  ["/", "key-box"], ["↓ ↑", "key-move"], ["Enter", "key-enter"], ["Ctrl+Enter", "key-unplaced"],
  ["J · Alt+J", "key-join"], ["U · Alt+U", "key-undo"], ["M · Alt+M", "key-pin"], ["L · Alt+L", "key-list"],
  ["T  R", "key-take"], ["P", "key-place"], ["1 2 3 4", "key-filter"], ["Esc", "key-escape"], ["?", "key-help"],
];

export class Keys {
  constructor({ dialog, words, acts }) {
    Object.assign(this, { dialog, acts });
    dialog.querySelector("dl").replaceChildren(...KEYS.flatMap(([key, text]) => [
      el("dt", {}, ...key.split(" · ").flatMap((one, n) => (n ? [" ", el("kbd", { text: one })] : [el("kbd", { text: one })]))),
      el("dd", { text: words.t(text) }),
    ]));
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    document.addEventListener("keydown", (event) => this.press(event));
    // Enter that is held down chooses once: it does not go on to the button that has the focus then.
    document.addEventListener("keydown", (event) => event.key === "Enter" && event.repeat && event.preventDefault(), true);
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.repeat || this.dialog.open) return;
    const act = this.acts[this.name(event)];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // A question mark in an empty box is one for help: no address begins with it.
  name(event) {
    const { key, code, altKey, target } = event;
    if (altKey) return code.startsWith("Key") ? code.slice(3).toLowerCase() : null;
    const typing = target.closest("input, textarea");
    if (key === "Escape" || !typing) return key.length === 1 ? key.toLowerCase() : key;
    return (key === "?" || key === "？") && target.id === "box" && !target.value ? "?" : null;
  }

  help() {
    this.dialog.showModal();
  }
}
