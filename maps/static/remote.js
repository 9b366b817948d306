// What a served page asks its own site for. A page in a file asks nobody. What can't be had is null for whoever asked, and
// is said to the reader in a line over the map.

const LONGEST_CODE = 100; // as api/routes/places.py

export class Remote {
  constructor(addresses) {
    this.addresses = addresses;
    this.known = new Map();
    this.failed = () => {};
  }

  json(name, query = {}) {
    return this.get(withQuery(this.addresses[name], query));
  }

  // Who answers is asked once a page: a new page is a moment away.
  async people(code) {
    if (!this.known.has(code)) this.known.set(code, this.ofPlace(code, "people"));
    const found = await this.known.get(code);
    if (!found) this.known.delete(code);
    return found;
  }

  houses(code) {
    return this.ofPlace(code, "buildings");
  }

  async ofPlace(code, what) {
    if (!code || code.length > LONGEST_CODE) return null;
    return this.get(`${this.addresses.places.replace("{code}", encodeURIComponent(code))}/${what}`);
  }

  async get(address) {
    try {
      const reply = await fetch(address, { headers: { accept: "application/json" } });
      if (reply.ok) return await reply.json();
    } catch {
      // The site is away: said below, like an answer that is none.
    }
    this.failed();
    return null;
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
