// The texts of the page in the reader's language, and the switch between the two.

const LOCALE = { zh: "zh-CN", en: "en-GB" };

export const UNSIGNED = "http"; // as api/state.py
const two = (number) => String(number).padStart(2, "0");

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

  // A name as it was signed.
  who(name) {
    return name === UNSIGNED ? this.t("unsigned") : name;
  }

  // A moment by the reader's clock.
  moment(iso) {
    const at = new Date(iso);
    return `${this.day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
  }

  // As the map of the city, reports and the command write it.
  day(date) {
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
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
