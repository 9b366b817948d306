// What a draft is held against: the plan in force, or another draft of its community.

export class Against {
  constructor({ select, bench, site, words, failed }) {
    Object.assign(this, { select, bench, site, words });
    for (const what of ["opened", "target"]) bench.on(what, () => this.read().catch(failed));
  }

  // The plan's number, undefined for the one in force.
  get id() {
    return this.select.value === "published" ? undefined : Number(this.select.value);
  }

  async read() {
    const draft = this.bench.active;
    if (draft?.id === this.of) return;
    this.of = draft?.id;
    const told = draft && { community_code: draft.plan.community_code, limit: 100 };
    const standing = draft ? (await this.site.get("/plans", { ...told, status: "published" })).features : [];
    const { features } = draft ? await this.site.get("/plans", { ...told, status: "draft" }) : { features: [] };
    if (this.of !== draft?.id) return;
    this.listed = features;
    const others = features.filter((one) => Number(one.id) !== draft.id);
    const kind = ({ drawn }) => drawn && this.words.t(`drawn-${drawn}`);
    this.select.replaceChildren(...standing.map(() => new Option(this.words.t("in-force-plan"), "published")),
      ...others.map((one) => new Option([this.words.t("draft-of", { n: one.id }), one.properties.name, kind(one.properties)].filter(Boolean).join(" · "), one.id)));
    if (!this.select.options.length) this.select.append(new Option(this.words.t("nothing-in-force"), "published"));
  }

  // The grids of all communities that are open, as they are there.
  async grids() {
    if (this.id !== undefined) {
      const ids = [this.id, ...(await this.kin())];
      return (await Promise.all(ids.map((id) => this.site.get(`/plans/${id}/layers`)))).flatMap(({ grids }) => grids.features);
    }
    const communities = [...new Set([...this.bench.drafts.values()].map((draft) => draft.plan.community_code))];
    const pages = await Promise.all(communities.map((under) => this.site.get("/grids", { under, geometry: true, limit: 200 })));
    return pages.flatMap((page) => page.features);
  }

  // Of other communities that are open, the drafts that the engine drew of the same kind, together with the chosen one.
  async kin() {
    const chosen = this.listed.find((one) => Number(one.id) === this.id)?.properties;
    if (!chosen?.drawn) return [];
    const open = [...this.bench.drafts.values()].filter((draft) => draft !== this.bench.active);
    const pages = await Promise.all(open.map(({ plan }) => this.site.get("/plans", { community_code: plan.community_code, status: "draft", limit: 100 })));
    const like = ({ properties }) => properties.drawn === chosen.drawn;
    const away = ({ id }) => Math.abs(Number(id) - this.id);
    const near = pages.map(({ features }) => features.filter(like).sort((a, b) => away(a) - away(b))[0]);
    return near.filter(Boolean).map(({ id }) => Number(id)).filter((id) => !this.bench.drafts.has(id));
  }

  get title() {
    return this.select.selectedOptions[0]?.textContent ?? "";
  }
}
