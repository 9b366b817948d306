// What has just happened, in one line that is read aloud; and the way back, where there is one.

// Stored text within a sentence, kept from turning the direction of what stands around it.
export function isolated(text) {
  return `\u2068${text}\u2069`;
}

export class Said {
  constructor({ line, button, words }) {
    Object.assign(this, { line, button, words });
    button.addEventListener("click", () => this.back());
  }

  tell(text, undo = null) {
    this.say(text, false);
    this.undo = undo;
    this.button.hidden = !undo;
  }

  // A conflict in our own words, where it has some; what could be undone can still be.
  failed(error) {
    const { kind, incident } = error;
    const known = incident && this.words.has(kind);
    const text = known ? this.words.t(kind, { by: isolated(this.words.who(incident.taken_by ?? "")) }) : error.message;
    this.say(text, true);
  }

  say(text, failed) {
    this.line.textContent = text;
    this.line.classList.toggle("failed", failed);
  }

  // What was said of something that is over is not said any longer.
  over(text) {
    const was = this.line.textContent === text;
    if (was) this.say("", false);
    return was;
  }

  // ``undo`` answers false where it did not come about: then it can be tried again.
  async back() {
    const undo = this.undo;
    if (!undo) return;
    this.undo = null;
    this.button.hidden = true;
    if ((await undo()) !== false || this.undo) return;
    this.undo = undo;
    this.button.hidden = false;
  }
}
