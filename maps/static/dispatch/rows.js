// Rows of incidents: what is said of one, and walking them by keyboard.
import { shorten } from "../dom.js";

const LONGEST = 120; // letters: some six lines

// Category, note, place: the place is not said twice where the note says it.
export function parts(one) {
  const place = one.note?.includes(one.address) ? null : one.address;
  return [one.category, one.note, place].filter(Boolean);
}

export function about(one) {
  return parts(one).join(" · ") || one.source;
}

// In a list nobody's story pushes the others out of sight; all of it stands in what is opened.
export function brief(text) {
  return shorten(text, LONGEST);
}

// Today's by the clock, others by the day too.
export function clock(iso) {
  const moment = new Date(iso);
  const today = moment.toDateString() === new Date().toDateString();
  const { day, hour } = clocks();
  if (today) return hour.format(moment);
  return `${day ? day.format(moment) : `${two(moment.getMonth() + 1)}-${two(moment.getDate())}`} ${hour.format(moment)}`;
}

const two = (number) => String(number).padStart(2, "0");

// Making one takes longer than using it a hundred times. In Chinese a day is written as everywhere else: 11-30.
let made;
function clocks() {
  const chinese = document.documentElement.lang.startsWith("zh");
  made ??= {
    hour: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
    day: chinese ? null : new Intl.DateTimeFormat("en-GB", { month: "short", day: "2-digit" }),
  };
  return made;
}

// Up and down move from row to row; other keys are `act`'s, which says whether it took one.
export function rover(list, act) {
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
    const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (to !== undefined) to?.focus();
    else if (event.repeat || !act(event, row)) return;
    event.preventDefault();
  });
}
