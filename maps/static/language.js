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

  percent(part, whole) {
    if (!whole) return this.t("no-data");
    const share = Math.floor((1000 * part) / whole) / 10; // never rounded up to 100 %
    return `${share.toLocaleString(LOCALE[this.lang])}%`;
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
