// What a served page asks its own site for. A page in a file asks nobody.

export class Remote {
  constructor(addresses) {
    this.addresses = addresses;
    this.known = new Map();
  }

  async json(name, query = {}) {
    return ask(withQuery(this.addresses[name], query));
  }

  // Who answers is asked once a page: a new page is a moment away.
  people(code) {
    if (!this.known.has(code)) this.known.set(code, ask(`${this.addresses.places.replace("{code}", encodeURIComponent(code))}/people`));
    return this.known.get(code);
  }

  async houses(code) {
    return ask(`${this.addresses.places.replace("{code}", encodeURIComponent(code))}/buildings`);
  }

  get(address) {
    return ask(address);
  }

  async bytes(address) {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error(`${reply.status} ${address}`);
    return new Uint8Array(await reply.arrayBuffer());
  }

  tile(name, { x, y, z }, query = {}) {
    return withQuery(this.addresses[name].replace("{z}", z).replace("{x}", x).replace("{y}", y), query);
  }
}

export function withQuery(address, query) {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return said.length ? `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams(said)}` : address;
}

async function ask(address) {
  const reply = await fetch(address, { headers: { accept: "application/json" } });
  if (!reply.ok) throw new Error(`${reply.status} ${address}`);
  return reply.json();
}
