// The texts of the page in the reader's language, and the switch between the two.

const LOCALE = { zh: "zh-CN", en: "en-GB" };

export class Language {
  constructor(texts, lang) {
    this.texts = texts;
    this.lang = lang;
    this.listeners = [];
  }

  t(key, params = {}) {
    const text = this.texts[this.lang][key];
    if (text === undefined) throw new Error(`no text: ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(params[name]));
  }

  has(key) {
    return this.texts[this.lang][key] !== undefined;
  }

  // A count, or the words for "no data": what is not known is never shown as 0.
  number(value) {
    if (value === null || value === undefined) return this.t("no-data");
    return value.toLocaleString(LOCALE[this.lang]);
  }

  // A count of people: fewer than five are not told.
  people(value) {
    return value === -1 ? this.t("few") : this.number(value);
  }

  decimal(value, digits) {
    return value.toLocaleString(LOCALE[this.lang], { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  // A moment by the reader's clock.
  moment(iso) {
    return new Date(iso).toLocaleString(LOCALE[this.lang], { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });
  }

  day(date) {
    return date.toLocaleDateString(LOCALE[this.lang], { year: "numeric", month: "long", day: "numeric" });
  }

  percent(part, whole) {
    if (!whole) return this.t("no-data");
    return `${Math.floor((1000 * part) / whole) / 10} %`; // as maps/findings.py: never rounded up to 100 %
  }

  set(lang) {
    this.lang = lang;
    document.documentElement.lang = LOCALE[lang];
    for (const listener of this.listeners) listener();
  }

  onChange(listener) {
    this.listeners.push(listener);
    listener();
  }
}
