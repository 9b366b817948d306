// What the service tells as it happens. A browser comes back by itself after a broken connection, but not after a
// refusal (a restart, a proxy): then this does.

const AGAIN_MS = 3000;

export class Stream {
  constructor({ address, event, heard, state }) {
    Object.assign(this, { address, event, heard, state });
    this.open();
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (shown) => shown.persisted && this.open());
  }

  open() {
    this.close();
    this.source = new EventSource(this.address);
    this.source.addEventListener(this.event, (told) => this.heard(JSON.parse(told.data)));
    this.source.addEventListener("open", () => this.state(true));
    this.source.addEventListener("error", () => {
      this.state(false);
      if (this.source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.open(), AGAIN_MS);
    });
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
  }
}
