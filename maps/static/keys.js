// The keyboard: letters where nobody is typing, Alt with the same letters anywhere; and the page of them.
import { el } from "./dom.js";

export class Keys {
  constructor({ dialog, words, rows, acts, helpIn = null }) {
    Object.assign(this, { dialog, acts, helpIn });
    // What a button says ends with its key, which stands before it here.
    const said = (key, text) => (text.endsWith(` ${key}`) ? text.slice(0, -key.length - 1) : text);
    dialog.querySelector("dl").replaceChildren(...rows.flatMap(([key, text]) => [
      el("dt", {}, ...key.split(" · ").flatMap((one, n) => (n ? [" ", el("kbd", { text: one })] : [el("kbd", { text: one })]))),
      el("dd", { text: said(key, words.t(text)) }),
    ]));
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    document.addEventListener("keydown", (event) => this.press(event));
    // Enter that is held down chooses once: it does not go on to the button that has the focus then.
    document.addEventListener("keydown", (event) => event.key === "Enter" && event.repeat && event.preventDefault(), true);
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
    const act = this.acts[this.name(event)];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // A question mark in the empty box ``helpIn`` is one for help: no address begins with it.
  name(event) {
    const { key, code, altKey, target } = event;
    if (altKey) return code.startsWith("Key") ? code.slice(3).toLowerCase() : null;
    const typing = target.closest("input, textarea, select");
    if (key === "Escape" || !typing) return key.length === 1 ? key.toLowerCase() : key;
    return (key === "?" || key === "？") && target.id === this.helpIn && !target.value ? "?" : null;
  }

  help() {
    this.dialog.showModal();
  }
}
