// The report: what it is about, then Enter. Each call has a number of its own, so that Enter twice, or an answer that
// got lost, is one incident.

export class Report {
  constructor({ form, site, source, spot, matter, changed, submit }) {
    Object.assign(this, { form, site, source, spot, matter });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey && !event.isComposing) submit();
    });
    form.addEventListener("input", () => changed());
  }

  get begun() {
    return this.number !== undefined;
  }

  begin() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    this.number = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.made = this.recording = undefined;
    this.form.reset();
    this.form.hidden = false;
    this.focus();
  }

  // Another place for the same call: what was written stays.
  keep() {
    this.form.hidden = false;
    this.focus();
  }

  focus() {
    this.form.elements.category.focus();
  }

  hide() {
    this.form.hidden = true;
  }

  end() {
    this.hide();
    this.number = this.made = this.recording = undefined;
  }

  said() {
    const { category, note } = this.form.elements;
    return { ...this.matter(category.value.trim()), note: note.value.trim() || undefined };
  }

  // What stands in the fields, to be had back.
  draft() {
    const { category, note } = this.form.elements;
    return { category: category.value, note: note.value };
  }

  // Whether something is written that is not recorded yet.
  get written() {
    const { category, note } = this.said();
    return this.begun && !this.made && Boolean(category || note);
  }

  // The call as it was written, again.
  resume({ category = "", note = "" }) {
    this.begin();
    Object.assign(this.form.elements.category, { value: category });
    Object.assign(this.form.elements.note, { value: note });
  }

  // The answer to this call's report ({incident, place}): given now, or before.
  async record() {
    if (this.made) return this.made;
    const number = this.number;
    this.recording ??= this.send(number);
    try {
      const made = await this.recording;
      if (this.number === number) this.made ??= made;
      return made;
    } finally {
      if (this.number === number) this.recording = undefined;
    }
  }

  async send(number) {
    const spot = this.spot();
    const place = spot.lng === undefined ? {} : (spot.raw ?? { lng: spot.lng, lat: spot.lat });
    const chosen = spot.chosen ? { said: spot.said, chosen: spot.chosen } : {};
    const report = { source: this.source, source_id: number, address: spot.address || undefined, ...this.said(), ...place, ...chosen };
    return this.site.post("/incidents", report);
  }
}
