// A drawn outline names the buildings within: asked first, those of another estate only as ticked, taken back as a whole.

const MOST = 40; // that are listed to be ticked

export class TraceEstate {
  constructor({ site, words, me, said, ask, refreshed, bench }, read) {
    Object.assign(this, { site, words, me, said, ask, refreshed, bench, read });
  }

  // Whether a trace can name anything.
  static names({ kind, name, geometry }) {
    return (kind === "estate" || kind === "outline") && Boolean(name) && geometry.type === "Polygon";
  }

  async offer({ id }) {
    const t = (key, params) => this.words.t(key, params);
    const found = await this.site.get(`/traces/${id}/estate`);
    if (!found.unnamed.length && !found.others.length) return this.said.tell(t("trace-estate-none"));
    const label = (one) => t("trace-estate-other", { building: [one.name ?? one.address, one.building_id].filter(Boolean).join(" "), estate: one.estate });
    const others = found.others.slice(0, MOST);
    const entered = await this.ask.fields(t("trace-estate-title", { name: found.estate }),
      others.map((one, n) => ({ name: `other-${n}`, label: label(one), type: "checkbox", value: "yes" })),
      t("trace-estate-note", { unnamed: this.words.number(found.unnamed.length), same: this.words.number(found.same) }) + (found.others.length > MOST ? t("trace-estate-more", { n: this.words.number(found.others.length - MOST) }) : ""));
    if (!entered) return undefined;
    const also = others.filter((_, n) => entered[`other-${n}`]).map((one) => one.building_id);
    const done = await this.site.post(`/traces/${id}/estate`, { also, by: this.me() });
    await this.follow(done);
    return this.said.tell(t("trace-estate-done", { n: this.words.number(done.named), name: done.estate }));
  }

  async back({ id }) {
    const by = this.me();
    const done = await this.site.send(`/traces/${id}/estate${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    await this.follow(done);
    this.said.tell(this.words.t("trace-estate-taken", { n: this.words.number(done.named), left: this.words.number(done.left) }));
  }

  follow({ drafts }) {
    this.refreshed({});
    return Promise.all([this.bench.refresh(drafts), this.read()]);
  }
}
