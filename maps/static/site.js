// What the page asks its own site for. A refusal is an error whose message is the server's sentence: what and what to do.

export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail ?? String(status));
    this.status = status;
    this.kind = problem.title;
    this.incident = problem.incident; // what it is now, where somebody was quicker
  }
}

export const PATIENCE_MS = 400; // what is answered sooner needs no word

// How many answers a page waits for; beyond a blink its style says so.
class Waits {
  constructor() {
    this.open = 0;
  }

  begin() {
    this.open += 1;
    this.timer ??= setTimeout(() => document.body.toggleAttribute("data-waiting", true), PATIENCE_MS);
  }

  end() {
    this.open -= 1;
    if (this.open) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    document.body.removeAttribute("data-waiting");
  }
}

export class Site {
  constructor(lang, { away }) {
    this.away = away;
    this.waits = new Waits();
    this.headers = { accept: "application/json", "accept-language": lang };
  }

  get(path, query = {}) {
    const all = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]));
    const said = all.filter(([, value]) => value !== undefined && value !== null && value !== "");
    return this.send(said.length ? `${path}?${new URLSearchParams(said)}` : path, {});
  }

  post(path, body) {
    const headers = { "content-type": "application/json" };
    return this.send(path, { method: "POST", body: JSON.stringify(body), headers });
  }

  // A file as it is: its bytes are the body.
  upload(path, query, file, read, { accept = this.headers.accept, signal } = {}) {
    const headers = { "content-type": "application/octet-stream", accept };
    return this.send(`${path}?${new URLSearchParams(query)}`, { method: "POST", body: file, headers, signal }, read);
  }

  async send(path, options, read) {
    this.waits.begin();
    try {
      return await this.answer(path, options, read);
    } finally {
      this.waits.end();
    }
  }

  async answer(path, options, read = (reply) => reply.json()) {
    let reply;
    try {
      reply = await fetch(path, { ...options, headers: { ...this.headers, ...options.headers } });
    } catch {
      throw new Refused({ detail: this.away }, 0); // the network, which has no words of its own
    }
    if (reply.ok) return await read(reply);
    let problem = {};
    try {
      problem = await reply.json();
    } catch {
      // No problem document (a proxy's page): the status is all there is to say.
    }
    throw new Refused(problem, reply.status);
  }
}
